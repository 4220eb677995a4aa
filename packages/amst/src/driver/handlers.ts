/** Handlers of the application: one per name, and never trusted not to throw. */
import { DwcpError } from '@dwcp/core';

/** Adds a handler; returns a function that removes it. A second one throws `ERR_DWCP_INVALID_STATE`. */
export function addHandler<Handler>(
  handlers: Map<string, Handler>,
  name: string,
  handler: Handler,
  method: string,
): () => void {
  if (handlers.has(name)) {
    throw new DwcpError('ERR_DWCP_INVALID_STATE', `${method} has a handler for ${name} already`);
  }
  handlers.set(name, handler);
  return () => {
    if (handlers.get(name) === handler) handlers.delete(name);
  };
}

/** Calls a handler; what it throws, or rejects with if it is asynchronous, goes to `failed`. */
export function runHandler(handler: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = handler();
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}
