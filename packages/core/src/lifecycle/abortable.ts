import { abortedError } from '../errors.ts';

/**
 * Waits for `promise`, but no longer than until `signal` fires: then it rejects with
 * `ERR_DWCP_ABORTED`, while `promise` goes on unobserved. The listener is removed in every case.
 *
 * @example
 * ```ts
 * import { abortable, isDwcpError } from '@dwcp/core';
 *
 * const never = new Promise<void>(() => {});
 * const error = await abortable(never, AbortSignal.abort()).catch((reason: unknown) => reason);
 * isDwcpError(error, 'ERR_DWCP_ABORTED'); // => true
 * ```
 */
export function abortable<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortedError(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(settled);
  });
}
