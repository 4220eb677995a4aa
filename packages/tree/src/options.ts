/** Options of the tree service and its calls. */
import type { AbortOptions, BlockCodec, ChunkerFactory, DwcpError, Session } from '@dwcp/core';
import { defaultLimits, type TreeLimits } from './limits.ts';
import type { TreeOutcome, TreeProgress, TreeReport } from './report.ts';

/** Options of {@link tree}. */
export interface TreeOptions {
  /**
   * Cuts large files into chunks, so that of a changed file only the changed chunks travel. Absent:
   * changed files travel whole. Both sides need the same one.
   */
  readonly chunker?: ChunkerFactory;
  /**
   * Encodes the lists that both sides exchange. They are small and compress well, so that a strong
   * codec pays on any link. The peer decodes them with its session's codec. @default the session's codec
   */
  readonly listCodec?: BlockCodec;
  /** Bounds on what a peer can ask for. @default {@link defaultLimits} */
  readonly limits?: Partial<TreeLimits>;
  /**
   * Wait for the disk before a file replaces another and before an operation is confirmed. False is
   * faster, and after a failure of the machine (not of the process) files may be damaged.
   * @default true
   */
  readonly durable?: boolean;
  /**
   * Do disk work in worker threads. False does it in the calling thread, which then stands still
   * while the disk works; that takes less processor time, for processes that do nothing else.
   * @default true
   */
  readonly diskThreads?: boolean;
  /**
   * Least time between two reports of progress inside one phase. People do not see more than some
   * twenty a second, and thousands would cost more than the transfer. @default 50
   */
  readonly progressIntervalMs?: number;
}

/** {@link TreeOptions} with every default in its place. */
export interface TreeOptionsResolved {
  /** As given; undefined: changed files travel whole. */
  readonly chunker: ChunkerFactory | undefined;
  /** As given; undefined: the session's own. */
  readonly listCodec: BlockCodec | undefined;
  /** Every limit. */
  readonly limits: TreeLimits;
  /** Whether to wait for the disk. */
  readonly durable: boolean;
  /** Whether disk work has threads of its own. */
  readonly diskThreads: boolean;
  /** Least time between two reports of progress. */
  readonly progressIntervalMs: number;
}

/** Fills in the defaults. */
export function resolveOptions(options: TreeOptions): TreeOptionsResolved {
  const { chunker, diskThreads = true, durable = true, limits, listCodec } = options;
  const { progressIntervalMs = 50 } = options;
  return {
    chunker,
    diskThreads,
    durable,
    limits: { ...defaultLimits, ...limits },
    listCodec,
    progressIntervalMs,
  };
}

/** Options of {@link TreeService.push}. */
export interface PushOptions extends AbortOptions {
  /** File or directory of this machine to send. */
  readonly path: string;
  /** Directory below the other side's root that the entries go to: `a/b`, or empty for the root itself. */
  readonly destination: string;
  /** Called as the operation advances. */
  readonly onProgress?: (progress: TreeProgress) => void;
}

/** Options of {@link TreeService.pull}. */
export interface PullOptions extends AbortOptions {
  /** File or directory below the other side's root: `a/b`, or empty for the root itself. */
  readonly path: string;
  /** Directory of this machine that the entries go to. Must exist. */
  readonly target: string;
  /** Called as the operation advances. */
  readonly onProgress?: (progress: TreeProgress) => void;
}

/** Options of {@link TreeService.serve}. */
export interface ServeOptions {
  /** Directory that peers may write into and read from. Must exist. */
  readonly root: string;
  /** Called when an operation of the peer has ended, well or not. */
  readonly onOperation?: (operation: ServedOperation) => void;
}

/** An operation that a peer started, at its end. */
export interface ServedOperation {
  /** `push`: the peer sent; `pull`: the peer fetched. */
  readonly kind: 'push' | 'pull';
  /** Directory below the root that it was about; empty for the root itself. */
  readonly path: string;
  /** What it came to; undefined when it failed. */
  readonly outcome: TreeOutcome | undefined;
  /** Why it failed. */
  readonly error: DwcpError | undefined;
}

/** Moves file trees over sessions. */
export interface TreeService extends AsyncDisposable {
  /**
   * Sends a file or directory. Only what differs travels: files of the same size and time of
   * change are taken as the same, changed large files travel as their changed chunks. Interrupted
   * and called again, it continues where it stood.
   *
   * Rejects with `ERR_DWCP_IO` (the path cannot be read), `ERR_DWCP_CONNECTION_LOST`,
   * `ERR_DWCP_ABORTED`, `ERR_DWCP_UNSAFE_PATH`, `ERR_DWCP_LIMIT_EXCEEDED` or `ERR_DWCP_BUSY`. Single
   * files that fail do not reject: they stand in {@link TreeReport.problems}.
   */
  push(session: Session, options: PushOptions): Promise<TreeReport>;
  /** Fetches a file or directory; otherwise like `push`. */
  pull(session: Session, options: PullOptions): Promise<TreeReport>;
  /** Answers pushes and pulls of the peer of this session, until the returned function is called. */
  serve(session: Session, options: ServeOptions): () => void;
  /** Stops the disk threads; operations under way fail. Idempotent. */
  stop(): Promise<void>;
}
