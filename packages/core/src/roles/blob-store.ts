/** The blob store role: named byte strings of any size, such as snapshots and baselines. */
import type { AbortOptions } from './lifecycle.ts';

/** What is known of a blob without reading it. */
export interface BlobInfo {
  /** 1 … 255 characters of `a-z`, `0-9`, `.`, `_`, `-` and `/`; no empty, `.` or `..` segment. */
  readonly key: string;
  /** Size of the blob. */
  readonly sizeBytes: number;
  /** When it was written, milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Options of {@link BlobStore.get}. */
export interface GetBlobOptions extends AbortOptions {
  /** First byte to read. @default 0 */
  readonly offsetBytes?: number;
  /** Most bytes to read. @default to the end */
  readonly lengthBytes?: number;
}

/** Keeps blobs. A key that is not valid throws `ERR_DWCP_UNSAFE_PATH` in every call. */
export interface BlobStore {
  /**
   * Stores a blob under a key, replacing what was there. Resolves when it is on stable storage;
   * until then, and after a failure or a crash, readers see the old blob or none, never a part.
   * Rejects with `ERR_DWCP_IO`, `ERR_DWCP_LIMIT_EXCEEDED`, `ERR_DWCP_ABORTED` or what `source` threw.
   */
  put(
    key: string,
    source: Uint8Array | AsyncIterable<Uint8Array>,
    options?: AbortOptions,
  ): Promise<BlobInfo>;
  /** What is known of a blob, or undefined when there is none. */
  stat(key: string, options?: AbortOptions): Promise<BlobInfo | undefined>;
  /**
   * Reads a blob in chunks; a `put` meanwhile does not change what is read. Resolves with undefined
   * when there is none. The loop throws `ERR_DWCP_IO` or `ERR_DWCP_ABORTED`.
   */
  get(key: string, options?: GetBlobOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Removes a blob. Resolves with false when there was none. */
  delete(key: string, options?: AbortOptions): Promise<boolean>;
  /** Blobs whose key starts with `prefix`, in the order of their keys. */
  list(prefix?: string, options?: AbortOptions): AsyncIterable<BlobInfo>;
}
