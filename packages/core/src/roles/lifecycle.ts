/** Something that can be started and stopped. */
export interface Startable extends AsyncDisposable {
  /**
   * Starts the part. Idempotent: a second call while starting or started resolves with the first.
   * A failed start leaves nothing behind and may be tried again.
   */
  start(options?: AbortOptions): Promise<void>;
  /**
   * Stops the part and releases what it holds. Idempotent, and allowed before `start`.
   * `Symbol.asyncDispose` does the same.
   */
  stop(): Promise<void>;
}

/** The last argument of every asynchronous call. */
export interface AbortOptions {
  /** Abort to give up: the call rejects with `ERR_DWCP_ABORTED` and leaves nothing behind. */
  readonly signal?: AbortSignal;
}
