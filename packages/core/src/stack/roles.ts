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
  /** Splits capacity among flows. */
  readonly allocator: Allocator;
  /** Keeps byte strings of any size. */
  readonly blobStore: BlobStore;
  /** Cuts streams by content. */
  readonly chunker: Chunker;
  /** Time. */
  readonly clock: Clock;
  /** Encodes blocks. */
  readonly codec: BlockCodec;
  /** Agrees on a sequence of commands. */
  readonly consensus: ConsensusEngine;
  /** Takes log lines. */
  readonly logger: Logger;
  /** Keeps a log that must not be lost. */
  readonly logStore: LogStore;
  /** Takes measurements. */
  readonly metrics: MetricsSink;
  /** Knows the mode. */
  readonly mode: ModeSource;
  /** Decides what runs where. */
  readonly placement: PlacementPolicy;
  /** Forecasts. */
  readonly predictor: Predictor;
  /** Random numbers. */
  readonly random: Random;
  /** Talks to one peer. */
  readonly session: Session;
  /** Shares state. */
  readonly stateSync: StateSync;
  /** Makes connections. */
  readonly transport: Transport;
}
