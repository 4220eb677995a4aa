/** Sends and receives handshake messages with a time limit. */
import { DwcpError, type Clock, type ConnectionHandler } from '@dwcp/core';
import { GreetingReader, type Greeting } from '../machine/greeting.ts';
import { coded } from '../machine/failure.ts';
import { onAbort } from './abort.ts';
import type { Wire } from './wire.ts';

/** Options of {@link receiveGreeting}. */
export interface GreetingOptions {
  /** Time. */
  readonly clock: Clock;
  /** Time for the whole message. */
  readonly handshakeTimeoutMs: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for one handshake message and pauses the connection behind it. Rejects with
 * `ERR_DWCP_MALFORMED`, `ERR_DWCP_TIMEOUT`, `ERR_DWCP_CONNECTION_LOST` or `ERR_DWCP_ABORTED`;
 * closing the connection is left to the caller.
 */
export function receiveGreeting(wire: Wire, options: GreetingOptions): Promise<Greeting> {
  const { clock, handshakeTimeoutMs, signal } = options;
  return new Promise<Greeting>((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      timer.cancel();
      forget();
      wire.consume(idle);
      outcome();
    };
    const fail = (error: DwcpError): void => settle(() => reject(error));
    const timer = clock.schedule(handshakeTimeoutMs, () => fail(slow(handshakeTimeoutMs)));
    const forget = onAbort(signal, fail);
    const reader = new GreetingReader();
    wire.consume({
      onData(chunk): void {
        const greeting = readInto(reader, chunk, fail);
        if (greeting === undefined) return;
        wire.connection.pause();
        // Not `slice`: for a Buffer that is a view of the transport's memory.
        settle(() => resolve({ ...greeting, rest: new Uint8Array(greeting.rest) }));
      },
      onDrain: nothing,
      onEnd: () => fail(lost('the peer ended the connection in the handshake')),
      onClose: (error) => fail(lost('the connection was lost in the handshake', error)),
    });
  });
}

function readInto(
  reader: GreetingReader,
  chunk: Uint8Array,
  fail: (error: DwcpError) => void,
): Greeting | undefined {
  try {
    return reader.push(chunk);
  } catch (error) {
    fail(coded(error, 'the handshake failed'));
    return undefined;
  }
}

function slow(timeoutMs: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_TIMEOUT',
    `the peer did not finish the handshake within handshakeTimeoutMs, ${timeoutMs} ms`,
  );
}

function lost(message: string, cause?: DwcpError): DwcpError {
  return new DwcpError('ERR_DWCP_CONNECTION_LOST', message, { cause });
}

function nothing(): void {
  // A handshake message is far below any queue's high-water mark.
}

/** Takes the events between two owners. */
const idle: ConnectionHandler = {
  onData: nothing,
  onDrain: nothing,
  onEnd: nothing,
  onClose: nothing,
};
