/**
 * Which pieces of a file the receiver has already: its chunks by digest, the file's own chunks one
 * after the other, and runs of copies and literals as the result.
 */
import type { Signature } from './needs.ts';
import { digestBytes } from './needs.ts';

/** A run of the file: chunks that the receiver has, or bytes to send. */
export type DeltaRun =
  | { readonly kind: 'copy'; readonly first: number; readonly count: number }
  | { readonly kind: 'literal'; readonly bytes: Uint8Array };

/** Finds chunks of a file among the chunks of a {@link Signature}. */
export class DeltaMatcher {
  readonly #signature: Signature;
  readonly #positions = new Map<string, number>();
  #copy: { first: number; count: number } | undefined;

  constructor(signature: Signature) {
    this.#signature = signature;
    for (let chunk = 0; chunk < signature.sizes.length; chunk += 1) {
      const key = digestKey(
        signature.digests.subarray(chunk * digestBytes, (chunk + 1) * digestBytes),
      );
      if (!this.#positions.has(key)) this.#positions.set(key, chunk);
    }
  }

  /**
   * Takes the next chunk of the file and returns the runs that are now certain. `literal` bytes are
   * those of the argument, not a copy.
   */
  add(bytes: Uint8Array, digest: Uint8Array): DeltaRun[] {
    const found = this.#find(bytes.byteLength, digestKey(digest));
    if (found === undefined) return [...this.flush(), { kind: 'literal', bytes }];
    const copy = this.#copy;
    if (copy && copy.first + copy.count === found) {
      copy.count += 1;
      return [];
    }
    const before = this.flush();
    this.#copy = { first: found, count: 1 };
    return before;
  }

  /** The run that `add` still holds, to be called at the end of the file. */
  flush(): DeltaRun[] {
    const copy = this.#copy;
    this.#copy = undefined;
    return copy ? [{ kind: 'copy', ...copy }] : [];
  }

  /** Prefers the chunk that continues the copy, so that repeated content makes long runs. */
  #find(sizeBytes: number, key: string): number | undefined {
    const next = this.#copy ? this.#copy.first + this.#copy.count : 0;
    const expected = this.#signature.digests.subarray(next * digestBytes, (next + 1) * digestBytes);
    const found = digestKey(expected) === key ? next : this.#positions.get(key);
    return found !== undefined && this.#signature.sizes[found] === sizeBytes ? found : undefined;
  }
}

/** A digest as a map key: one character for each byte. */
function digestKey(digest: Uint8Array): string {
  return String.fromCharCode(...digest);
}
