/** Sends the last bytes of a connection and sees it closed. */
import type { Clock, DwcpError } from '@dwcp/core';
import type { Wire } from './wire.ts';

/** Options of {@link farewell}. */
export interface FarewellOptions {
  /** Time. */
  readonly clock: Clock;
  /** The connection is dropped after this time without progress. */
  readonly closeTimeoutMs: number;
  /** Says nothing more at once; else only when the peer does. @default true */
  readonly endNow?: boolean;
}

/**
 * Sends `lastWords`, ends the connection and resolves when it is closed. Bytes that still come are
 * read and dropped: unread bytes would make the kernel reset the connection, and the reset could
 * overtake the last words.
 */
export function farewell(
  wire: Wire,
  lastWords: Uint8Array | undefined,
  options: FarewellOptions,
): Promise<void> {
  const { connection } = wire;
  return new Promise<void>((resolve) => {
    if (lastWords !== undefined) wire.send([lastWords], lastWords.byteLength);
    let { queuedBytes } = connection.stats();
    const giveUp = (): void => {
      const left = connection.stats().queuedBytes;
      if (left === 0 || left >= queuedBytes) return connection.close();
      queuedBytes = left;
      timer = options.clock.schedule(options.closeTimeoutMs, giveUp);
    };
    let timer = options.clock.schedule(options.closeTimeoutMs, giveUp);
    wire.consume({
      onData: () => undefined,
      onDrain: () => undefined,
      onEnd: () => connection.end(),
      onClose(_error?: DwcpError): void {
        timer.cancel();
        resolve();
      },
    });
    if (options.endNow ?? true) connection.end();
    connection.resume();
  });
}
