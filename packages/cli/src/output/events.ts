/** What a run of the command tells, each event one line of `--json`. */
import type { Peer, TransferReport, TreeOutcome, TreeProgress } from '@dwcp/node';
import type { Failure } from '../failure.ts';

export type { Failure } from '../failure.ts';

/** `serve` listens: peers can connect from now on. */
export interface ListeningEvent {
  /** Tells the events apart. */
  readonly event: 'listening';
  /** The address to dial. */
  readonly address: string;
  /** The served directory, absolute. */
  readonly root: string;
  /** What protects the connections: nothing, encryption, or that and certificates of both sides. */
  readonly security: 'none' | 'encrypted' | 'mutual';
}

/** A peer opened a session with `serve`. */
export interface SessionEvent {
  /** Tells the events apart. */
  readonly event: 'session';
  /** Who it is. */
  readonly peer: Peer;
}

/** An operation of a peer of `serve` ended, well or not. */
export interface OperationEvent {
  /** Tells the events apart. */
  readonly event: 'operation';
  /** `push`: the peer sent; `pull`: the peer fetched. */
  readonly operation: 'push' | 'pull';
  /** Place below the served directory; empty for all of it. */
  readonly path: string;
  /** Who it was. */
  readonly peer: Peer;
  /** What it came to; absent when it failed. */
  readonly outcome?: TreeOutcome;
  /** Why it failed. */
  readonly error?: Failure;
}

/** How far `push` or `pull` has come; at most four a second. */
export interface ProgressEvent extends TreeProgress {
  /** Tells the events apart. */
  readonly event: 'progress';
}

/** An attempt of `push` or `pull` failed, and another follows. */
export interface RetryEvent {
  /** Tells the events apart. */
  readonly event: 'retry';
  /** The attempt that failed, 1 for the first. */
  readonly attempt: number;
  /** Wait before the next one. */
  readonly delayMs: number;
  /** Why it failed. */
  readonly error: Failure;
}

/** `push` or `pull` is done, with everything that its report says. */
export interface DoneEvent extends TransferReport {
  /** Tells the events apart. */
  readonly event: 'done';
  /** Which of the two it was. */
  readonly operation: 'push' | 'pull';
  /** The path of this machine that was sent or written to. */
  readonly path: string;
}

/** The command failed, or (with `peer`, or under `serve` after `listening`) one of its peers did. */
export interface ErrorEvent extends Failure {
  /** Tells the events apart. */
  readonly event: 'error';
  /** True: the command ends with this error. */
  readonly fatal: boolean;
  /** The peer whose session broke. */
  readonly peer?: Peer;
}

/** Everything that can be told. */
export type CliEvent =
  | ListeningEvent
  | SessionEvent
  | OperationEvent
  | ProgressEvent
  | RetryEvent
  | DoneEvent
  | ErrorEvent;
