/** What a disk thread can be asked, as plain data that crosses threads. */
import type { ManifestHeader } from '../machine/manifest.ts';
import type { ApplyResult } from './apply.ts';
import type { BasisChunks, BasisPiece } from './basis.ts';
import type { PlanOptions } from './plan.ts';
import type { Problem } from './problem.ts';
import type { SourceItem, WantedFile } from './read.ts';
import type { ScanOptions } from './scan.ts';

/** Problems as they cross: the first ones and how many there were. */
export interface Problems {
  /** How many there were. */
  readonly count: number;
  /** The first of them. */
  readonly first: readonly Problem[];
}

/** The answer to `scan`. */
export interface ScanAnswer {
  /** Sums of the list. */
  readonly header: ManifestHeader;
  /** The encoded list. */
  readonly manifest: readonly Uint8Array[];
  /** What the list leaves out on purpose. */
  readonly skipped: Problems;
  /** What the list lacks because it could not be read or named. */
  readonly problems: Problems;
}

/** The answer to `plan`. */
export interface PlanAnswer {
  /** Numbers of the wanted entries, ascending. */
  readonly wanted: readonly number[];
  /** Wanted files that have something similar on this side, with their listed sizes. */
  readonly withBases: readonly { readonly index: number; readonly sizeBytes: number }[];
  /** Listed size of all wanted files. */
  readonly wantedBytes: number;
  /** Files that are the same already. */
  readonly sameFiles: number;
  /** Files of the list. */
  readonly totalFiles: number;
  /** Size of all files of the list. */
  readonly totalBytes: number;
}

/** The answer to `finish`. */
export interface FinishAnswer extends ApplyResult {
  /** Files that could not be written. */
  readonly problems: Problems;
}

/** Arguments of `expect`. */
interface ExpectOptions {
  /** Chunks offered to the sender, by entry number. */
  readonly chunks: ReadonlyMap<number, BasisChunks>;
  /** Ends the names of staged files; the operation's own. */
  readonly suffix: string;
  /** False: do not wait for the disk. */
  readonly durable: boolean;
}

/** Part of the content in memory that goes to the worker and comes back. */
export interface WrittenPiece {
  /** The whole of the memory. */
  readonly bytes: Uint8Array;
  /** How much of it is content. */
  readonly usedBytes: number;
}

/** The methods of a disk thread. One worker serves one operation at a time. */
export interface DiskMethods {
  /** Lists a tree for sending. */
  scan(options: ScanOptions): ScanAnswer;
  /** Chooses what `nextItem` yields; returns the size of these files. */
  read(wanted: readonly WantedFile[]): number;
  /** The next part of the content, or undefined at the end. */
  nextItem(): SourceItem | undefined;
  /** Gives the memory of an item back once it is not needed any more. */
  recycle(bytes: Uint8Array): void;
  /** Compares a received list with the disk. */
  plan(options: PlanOptions & { readonly manifest: Uint8Array }): PlanAnswer;
  /** The next piece of the files that the plan found similar, or undefined at the end. */
  nextBasis(): BasisPiece | undefined;
  /** Gets ready for the content. */
  expect(options: ExpectOptions): void;
  /** Writes the next bytes of the content and gives their memory back. */
  write(piece: WrittenPiece): WrittenPiece;
  /** Commits everything. */
  finish(): FinishAnswer;
  /** Gives the operation up and forgets it. Idempotent. */
  reset(): void;
}

/** A call on its way to the worker. */
export interface DiskCall {
  /** Chosen by the caller; the answer bears it. */
  readonly id: number;
  /** Which method. */
  readonly method: keyof DiskMethods;
  /** Its only argument. */
  readonly argument: unknown;
}

/** Its answer; `error` when it failed. */
export interface DiskAnswer {
  /** Of the call. */
  readonly id: number;
  /** What the method returned. */
  readonly value?: unknown;
  /** Why it failed; a code of DWCP where there is one. */
  readonly error?: { readonly code: string | undefined; readonly message: string };
}
