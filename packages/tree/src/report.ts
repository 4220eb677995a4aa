/** What is told about a tree operation, while it runs and when it is done. */
import type { Problem } from './disk/problem.ts';

export type { Problem } from './disk/problem.ts';

/** Where an operation stands. Told at each new phase, and inside one no more often than the options allow. */
export interface TreeProgress {
  /** `compare`: both sides find out what has to travel; `transfer`: it travels; `commit`: it is made durable. */
  readonly phase: 'compare' | 'transfer' | 'commit';
  /** Bytes of the content that have travelled or were found on the receiving side. */
  readonly doneBytes: number;
  /** Bytes of the files that are not the same already; undefined until compared. */
  readonly totalBytes: number | undefined;
  /** Bytes on the wire so far, both directions, lists and headers included. */
  readonly wireBytes: number;
}

/** What an operation came to, as the receiving side counted it and both sides report it. */
export interface TreeOutcome {
  /** Files of the tree. */
  readonly totalFiles: number;
  /** Size of all files of the tree. */
  readonly totalBytes: number;
  /** Files that were the same on both sides already. */
  readonly sameFiles: number;
  /** Files written and put in place. */
  readonly writtenFiles: number;
  /** Size of these. */
  readonly writtenBytes: number;
  /** Part of `writtenBytes` that the receiving side had already and that did not travel. */
  readonly copiedBytes: number;
  /** Files that could not be sent or written; the first fifty. Empty: everything arrived. */
  readonly problems: readonly Problem[];
  /** How many there were. */
  readonly problemCount: number;
}

/** What an operation of this side came to. */
export interface TreeReport extends TreeOutcome {
  /** Bytes on the wire in both directions, counted on this side. */
  readonly wireBytes: number;
  /** Connections of the session. */
  readonly streams: number;
  /** Time from the first byte to the confirmed commit. */
  readonly elapsedMs: number;
  /** What the sending side left out of the list, such as symbolic links; the first hundred. */
  readonly skipped: readonly Problem[];
  /** How many there were. */
  readonly skippedCount: number;
}
