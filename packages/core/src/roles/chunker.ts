/** The chunker role: borders in a byte stream that depend on its content, not on its position. */

/**
 * Cuts bytes into chunks. The same content gives the same chunks wherever it stands, so that an
 * insertion moves few borders. Stateless: one chunker may serve many streams.
 */
export interface Chunker {
  /** Algorithm and revision. Two sides only compare chunks cut under the same name. */
  readonly name: string;
  /** Size that chunks of random content have on average. */
  readonly averageBytes: number;
  /** Size that no chunk exceeds. */
  readonly maxBytes: number;
  /**
   * Where the chunk that starts at `start` ends, a position in `start + 1 … end`; or undefined when
   * `isLast` is false and the border may lie beyond `end`. The caller then calls again with more
   * bytes. With `isLast` the end of the bytes is a border.
   */
  nextCut(bytes: Uint8Array, start: number, end: number, isLast: boolean): number | undefined;
}

/** Makes a chunker for an average size, a power of two in bytes. */
export type ChunkerFactory = (averageBytes: number) => Chunker;
