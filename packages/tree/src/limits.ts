/** Bounds on what a peer can make this side hold, read or write. */

/** Limits of one tree operation. A peer that goes beyond one gets `ERR_DWCP_LIMIT_EXCEEDED`. */
export interface TreeLimits {
  /** Files and directories of one tree. @default 1_000_000 */
  readonly maxEntries: number;
  /** Levels of directories. @default 128 */
  readonly maxDepth: number;
  /** Size of one file. @default 2 ** 40 (1 TiB) */
  readonly maxFileBytes: number;
  /** Size of all files of one tree. @default 2 ** 43 (8 TiB) */
  readonly maxTotalBytes: number;
  /** Size of the encoded list of a tree, which is held in memory. @default 2 ** 27 (128 MiB) */
  readonly maxManifestBytes: number;
  /** Tree operations of one peer at a time. @default 4 */
  readonly maxOperations: number;
}

/** The limits that hold when none are given. */
export const defaultLimits: TreeLimits = {
  maxEntries: 1_000_000,
  maxDepth: 128,
  maxFileBytes: 2 ** 40,
  maxTotalBytes: 2 ** 43,
  maxManifestBytes: 2 ** 27,
  maxOperations: 4,
};
