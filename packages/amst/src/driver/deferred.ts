/** A promise and its two ends. */
export interface Deferred<Value> {
  /** What others wait for. */
  readonly promise: Promise<Value>;
  /** Fulfils the promise; only the first settlement counts. */
  readonly resolve: (value: Value) => void;
  /** Rejects the promise. */
  readonly reject: (error: unknown) => void;
}

/** Makes a promise that is settled from outside. */
export function deferred<Value>(): Deferred<Value> {
  let settle: Pick<Deferred<Value>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The executor has run: the constructor calls it before it returns.
  return { promise, ...(settle as Pick<Deferred<Value>, 'resolve' | 'reject'>) };
}
