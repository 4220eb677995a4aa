/** Keeps what an application throws from the transport that called it; for authors of transports. */
import { DwcpError } from './errors.ts';
import type { Connection, ConnectionHandler, ListenHandler } from './roles/transport.ts';

/**
 * A handler that never throws: what `handler` throws goes to `close` as
 * `ERR_DWCP_HANDLER_FAILED`, and what its `onClose` throws becomes a warning of the process.
 *
 * @example
 * ```ts
 * import { guardHandler, type ConnectionHandler } from '@dwcp/core';
 *
 * const handler: ConnectionHandler = {
 *   onData() { throw new Error('disk full'); },
 *   onDrain() {},
 *   onEnd() {},
 *   onClose() {},
 * };
 * let message = '';
 * guardHandler(handler, (error) => { message = error.message; }).onData(new Uint8Array(1));
 * message; // => 'onData threw: disk full'
 * ```
 */
export function guardHandler(
  handler: ConnectionHandler,
  close: (error: DwcpError) => void,
): ConnectionHandler {
  return {
    onData(chunk) {
      try {
        handler.onData(chunk);
      } catch (cause) {
        close(handlerFailed('onData', cause));
      }
    },
    onDrain: () => guardCall('onDrain', () => handler.onDrain(), close),
    onEnd: () => guardCall('onEnd', () => handler.onEnd(), close),
    onClose: (error) => guardCall('onClose', () => handler.onClose(error), warn),
  };
}

/** Hands a new connection to the handler of a listener; closes it and reports if that throws. */
export function offerConnection(handler: ListenHandler, connection: Connection): void {
  guardCall(
    'onConnection',
    () => handler.onConnection(connection),
    (error) => {
      connection.close(error);
      reportError(handler, error);
    },
  );
}

/** Calls `onError` of the handler of a listener; what that throws becomes a warning of the process. */
export function reportError(handler: ListenHandler, error: DwcpError): void {
  guardCall('onError', () => handler.onError?.(error), warn);
}

/** Calls `act`; what it throws goes to `failed` as `ERR_DWCP_HANDLER_FAILED`, named after `call`. */
export function guardCall(call: string, act: () => void, failed: (error: DwcpError) => void): void {
  try {
    act();
  } catch (cause) {
    failed(handlerFailed(call, cause));
  }
}

function handlerFailed(call: string, cause: unknown): DwcpError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DwcpError('ERR_DWCP_HANDLER_FAILED', `${call} threw: ${reason}`, { cause });
}

/** There is nothing left to close and no one left to tell but the process. */
function warn(error: DwcpError): void {
  process.emitWarning(error);
}
