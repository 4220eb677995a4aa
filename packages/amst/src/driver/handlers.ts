/** One handler per name. */
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
