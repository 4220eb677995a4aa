/** What both sides of a tree operation work with. */
import type { BlockCodec, ChunkerFactory, Session } from '@dwcp/core';
import type { Disk } from '../disk/disk.ts';
import type { TreeLimits } from '../limits.ts';
import type { TreeProgress } from '../report.ts';
import type { Exchange } from './exchange.ts';

/** One operation and its surroundings. */
export interface OperationContext {
  /** 128-bit id of the operation, 32 hex digits; the side that starts it chooses. */
  readonly id: string;
  /** Where lists and content travel. */
  readonly session: Session;
  /** What the peer sends about this operation. */
  readonly exchange: Exchange;
  /** a disk that serves this operation alone. */
  readonly disk: Disk;
  /** Bounds on what the peer sends. */
  readonly limits: TreeLimits;
  /** Cuts changed files; undefined: they travel whole. */
  readonly chunker: ChunkerFactory | undefined;
  /** Encodes lists; undefined: the session's codec. */
  readonly listCodec: BlockCodec | undefined;
  /** Whether to wait for the disk. */
  readonly durable: boolean;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal | undefined;
  /** Takes progress for the caller. */
  readonly onProgress: ((progress: Omit<TreeProgress, 'wireBytes'>) => void) | undefined;
  /** Tells the peer why its transfer is about to be aborted. */
  readonly tellFailure: (error: unknown) => Promise<void>;
}
