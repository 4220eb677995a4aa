/** Options of a node and its calls. */
import type { AbortOptions, BlockCodec, Clock, DwcpError, Random } from '@dwcp/core';
import type { CodecName } from '@dwcp/hde';
import type { TcpTlsOptions } from '@dwcp/transport-tcp';
import type { ServedOperation, TreeLimits, TreeProgress, TreeReport } from '@dwcp/tree';

/** Options of {@link createNode}. */
export interface NodeOptions {
  /** Keys and certificates: encrypts and authenticates every connection. @default absent: plain TCP */
  readonly tls?: TcpTlsOptions;
  /** Allows listening beyond loopback without encryption and authentication. @default false */
  readonly insecure?: boolean;
  /** Connections of one session, 1 … 16. @default 4 */
  readonly streams?: number;
  /** Encodes blocks: a codec, or the name of one. @default the adaptive choice of `@dwcp/hde` */
  readonly codec?: BlockCodec | CodecName;
  /** Wait for the disk before files are put in place and confirmed. @default true */
  readonly durable?: boolean;
  /** Do disk work in worker threads, not in the calling one. @default true */
  readonly diskThreads?: boolean;
  /** Bounds on the trees of peers. */
  readonly limits?: Partial<TreeLimits>;
  /** Time for waits between attempts. @default the system's */
  readonly clock?: Clock;
  /** Spreads the waits between attempts. @default the system's */
  readonly random?: Random;
}

/** What {@link DwcpNode.serve} tells about. Keys are event names. */
export interface ServeEvents {
  /** A peer opened a session. */
  readonly session?: (peer: Peer) => void;
  /** An operation of a peer ended, well or not. */
  readonly operation?: (operation: ServedOperation, peer: Peer) => void;
  /** A peer failed before it had a session, or its session broke. */
  readonly error?: (error: DwcpError, peer: Peer | undefined) => void;
}

/** Who is at the other end. */
export interface Peer {
  /** Address as the transport writes it. */
  readonly address: string;
  /** Name proved by its certificate. */
  readonly name: string | undefined;
}

/** Options of {@link DwcpNode.serve}. */
export interface ServeNodeOptions extends AbortOptions {
  /** Directory that peers may write into and read from. Must exist. */
  readonly root: string;
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  /** Told what happens. */
  readonly on?: ServeEvents;
}

/** A directory that is being served. */
export interface ServedDirectory extends AsyncDisposable {
  /** The address to dial. */
  readonly address: string;
  /** Stops listening and ends the sessions. Idempotent. */
  close(): Promise<void>;
}

/** How often and how long a call tries. */
export interface RetryOptions {
  /**
   * Attempts after the first that failed with a retryable error. The count starts again when an
   * attempt moved something. @default 5
   */
  readonly retries?: number;
  /** First wait; each further one doubles, up to 5 s, less a random part. @default 200 */
  readonly retryDelayMs?: number;
  /** Called before each wait. */
  readonly onRetry?: (attempt: FailedAttempt) => void;
}

/** An attempt that failed and will be followed by another. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly attempt: number;
  /** Why it failed. */
  readonly error: DwcpError;
  /** Wait before the next attempt. */
  readonly delayMs: number;
}

/** Options that pushes and pulls share. */
export interface TransferOptions extends AbortOptions, RetryOptions {
  /** The other side: `host:port`. */
  readonly address: string;
  /** Called as the operation advances. */
  readonly onProgress?: (progress: TreeProgress) => void;
}

/** Options of {@link DwcpNode.push}. */
export interface PushNodeOptions extends TransferOptions {
  /** File or directory of this machine. */
  readonly path: string;
  /** Directory below the served one that the content goes to. @default the name of a pushed directory; the served one for a file */
  readonly destination?: string;
}

/** Options of {@link DwcpNode.pull}. */
export interface PullNodeOptions extends TransferOptions {
  /** File or directory below the served one; empty for all of it. */
  readonly path: string;
  /** Directory of this machine that the content goes to; made when missing. */
  readonly target: string;
}

/** What a push or pull came to, over all attempts. */
export interface TransferReport extends TreeReport {
  /** Attempts made, 1 when nothing went wrong. */
  readonly attempts: number;
}

/** A node: serves directories, pushes to and pulls from other nodes. */
export interface DwcpNode extends AsyncDisposable {
  /**
   * Lets peers push into and pull from a directory. Rejects with `ERR_DWCP_LISTEN_FAILED`,
   * `ERR_DWCP_INSECURE_LISTEN` or `ERR_DWCP_IO` (the directory cannot be read).
   */
  serve(options: ServeNodeOptions): Promise<ServedDirectory>;
  /**
   * Sends a file or directory; only what differs travels. After a lost connection it dials again
   * and continues where it stood. Rejects with the codes of `TreeService.push` and `Transport.dial`.
   */
  push(options: PushNodeOptions): Promise<TransferReport>;
  /** Fetches a file or directory; otherwise like `push`. */
  pull(options: PullNodeOptions): Promise<TransferReport>;
  /** Ends everything under way and releases what the node holds. Idempotent. */
  stop(): Promise<void>;
}
