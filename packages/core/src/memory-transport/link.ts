/** A connection seen from outside, to break it. */
import { DwcpError } from '../errors.ts';
import type { MemoryConnection } from './connection.ts';

/** One open connection, for tests that break it. */
export interface MemoryLink {
  /** Address of the end that dialled. */
  readonly dialerAddress: string;
  /** Address that was dialled. */
  readonly listenerAddress: string;
  /** Breaks the connection: both ends close at once with `ERR_DWCP_CONNECTION_LOST`. */
  reset(): void;
  /** Stops everything on the way; neither end notices until {@link heal}. Idempotent. */
  partition(): void;
  /** Delivers what a partition kept back, and goes on. Idempotent. */
  heal(): void;
}

/** Both ends of a connection. */
export class Link implements MemoryLink {
  readonly dialerAddress: string;
  readonly listenerAddress: string;
  /** The end that dialled. */
  readonly dialer: MemoryConnection;
  /** The end that was accepted. */
  readonly listener: MemoryConnection;

  constructor(dialer: MemoryConnection, listener: MemoryConnection) {
    this.dialer = dialer;
    this.listener = listener;
    this.dialerAddress = dialer.localAddress;
    this.listenerAddress = listener.localAddress;
  }

  /** True when both ends are. */
  get closed(): boolean {
    return this.dialer.closed && this.listener.closed;
  }

  reset(): void {
    for (const end of [this.dialer, this.listener]) {
      end.fail(
        new DwcpError(
          'ERR_DWCP_CONNECTION_LOST',
          `the connection to ${end.remoteAddress} was reset`,
        ),
      );
    }
  }

  partition(): void {
    this.dialer.outbound.hold();
    this.listener.outbound.hold();
  }

  heal(): void {
    this.dialer.outbound.release();
    this.listener.outbound.release();
  }
}
