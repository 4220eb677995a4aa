/** The roles that have a name of their own in a stack. */
import type { Allocator } from '../roles/allocation.ts';
import type { BlobStore } from '../roles/blob-store.ts';
import type { Chunker } from '../roles/chunker.ts';
import type { BlockCodec } from '../roles/codec.ts';
import type { ConsensusEngine } from '../roles/consensus.ts';
import type { Clock, Logger, MetricsSink, Random } from '../roles/host.ts';
import type { LogStore } from '../roles/log-store.ts';
import type { ModeSource } from '../roles/mode.ts';
import type { PlacementPolicy } from '../roles/placement.ts';
import type { Predictor } from '../roles/prediction.ts';
import type { Session } from '../roles/session.ts';
import type { StateSync } from '../roles/state-sync.ts';
import type { Transport } from '../roles/transport.ts';

/**
 * The type behind each well-known role name. A part that needs one of these gets it typed without
 * an annotation; any other name may be used with one.
 */
export interface Roles {
  readonly allocator: Allocator;
  readonly blobStore: BlobStore;
  readonly chunker: Chunker;
  readonly clock: Clock;
  readonly codec: BlockCodec;
  readonly consensus: ConsensusEngine;
  readonly logger: Logger;
  readonly logStore: LogStore;
  readonly metrics: MetricsSink;
  readonly mode: ModeSource;
  readonly placement: PlacementPolicy;
  readonly predictor: Predictor;
  readonly random: Random;
  readonly session: Session;
  readonly stateSync: StateSync;
  readonly transport: Transport;
}
