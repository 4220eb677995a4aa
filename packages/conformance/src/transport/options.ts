import type { Transport } from '@dwcp/core';

/** What the suite works on. One is made per case. */
export interface TransportSubject {
  /** Dials. */
  readonly dialer: Transport;
  /** Listens; the same object as `dialer` unless the two sides need different settings. */
  readonly listener: Transport;
  /** An address to listen on that gives a free address every time: `127.0.0.1:0`. */
  readonly listenAddress: string;
  /** Releases what was made for this case. Called when its connections are closed. */
  teardown?(): Promise<void> | void;
}

/** Options of {@link transportSuite}. */
export interface TransportSuiteOptions {
  /**
   * Longest wait for any one thing. A correct transport never gets near it: it only turns a wait
   * for something that never comes into a failed case. @default 10000
   */
  readonly patienceMs?: number;
  /** Size of the largest payload, in bytes. @default 67108864 */
  readonly largeBytes?: number;
  /**
   * Most bytes that a connection may accept while the peer does not read: its own queue, the
   * buffers of the system on both sides, and the path between. @default 33554432
   */
  readonly unreadBytes?: number;
}
