/** Signals whose listeners are removed again. */
import { abortedError, type DwcpError } from '@dwcp/core';

/**
 * Calls `listener` when the signal fires; returns a function that removes it. A signal that fired
 * before is the caller's to check.
 */
export function onAbort(
  signal: AbortSignal | undefined,
  listener: (error: DwcpError) => void,
): () => void {
  if (signal === undefined) return () => undefined;
  const fired = (): void => listener(abortedError(signal));
  signal.addEventListener('abort', fired, { once: true });
  return () => signal.removeEventListener('abort', fired);
}
