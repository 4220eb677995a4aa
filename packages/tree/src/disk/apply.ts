/**
 * Writes the files of a content stream: each one beside its target, made durable in batches, then
 * renamed over the target. A reader of the target sees the old file or the new one, never a part.
 */
import { createHash, type Hash } from 'node:crypto';
import { chmodSync, closeSync, fchmodSync, futimesSync, openSync, writeSync } from 'node:fs';
import {
  ContentParser,
  type ContentSink,
  type ExpectedFile,
  type SkipReason,
} from '../machine/content.ts';
import { type BasisChunks, BasisReader } from './basis.ts';
import { CommitQueue, ownerRead } from './commit.ts';
import type { Durability } from './durability.ts';
import { basisMinBytes, openStaging, type PlannedFile, type TreePlan } from './plan.ts';
import { type ProblemList, systemCode } from './problem.ts';
import { removeStaged } from './staged.ts';

/** What an applied stream came to. */
export interface ApplyResult {
  /** Files put in place. */
  readonly writtenFiles: number;
  /** Bytes written for them. */
  readonly writtenBytes: number;
  /** Bytes taken from files that were here already. */
  readonly copiedBytes: number;
}

interface OpenFile {
  readonly planned: PlannedFile;
  readonly staged: string;
  readonly fd: number;
  /** Absent where nothing is copied: every block was verified on the way. */
  readonly hash: Hash | undefined;
  /** Present when chunks of files that are here were offered. */
  readonly basis: BasisReader | undefined;
}

/** Writes one content stream to the disk. Synchronous but for the batches. */
export class TreeWriter implements ContentSink {
  readonly #plan: TreePlan;
  readonly #offered: ReadonlyMap<number, BasisChunks>;
  readonly #planned: ReadonlyMap<number, PlannedFile>;
  readonly #suffix: string;
  readonly #parser: ContentParser;
  readonly #commits: CommitQueue;
  readonly #problems: ProblemList;
  readonly #umask = process.umask();
  #open: OpenFile | undefined;
  #writtenBytes = 0;
  #copiedBytes = 0;

  /** `suffix` is the operation's own, so that two operations never share a staged file. */
  constructor(
    plan: TreePlan,
    offered: ReadonlyMap<number, BasisChunks>,
    suffix: string,
    durability: Durability,
  ) {
    this.#plan = plan;
    this.#offered = offered;
    this.#planned = new Map(plan.files.map((file) => [file.index, file]));
    this.#suffix = suffix;
    this.#problems = plan.problems;
    this.#commits = new CommitQueue(plan, durability);
    const expected = plan.files.map(({ index, sizeBytes }) => ({
      index,
      sizeBytes,
      chunkSizes: offered.get(index)?.sizes ?? [],
    }));
    this.#parser = new ContentParser(expected, this);
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    this.#parser.push(chunk);
  }

  /** Resolves when more may come. */
  ready(): Promise<void> {
    return this.#commits.ready();
  }

  /** Waits for the last batch and sets the permissions of directories. */
  async finish(): Promise<ApplyResult> {
    await this.#commits.finish();
    for (const [directory, mode] of this.#plan.directoryModes) {
      this.#setMode(directory, mode);
    }
    return {
      writtenFiles: this.#commits.placedFiles,
      writtenBytes: this.#writtenBytes,
      copiedBytes: this.#copiedBytes,
    };
  }

  /** True when the stream came to its end. */
  get finished(): boolean {
    return this.#parser.finished;
  }

  /**
   * Gives up: complete files are still put in place, the file in hand is kept for the next
   * operation if it is worth it.
   */
  async cancel(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open) {
      closeSync(open.fd);
      open.basis?.close();
      if (open.planned.sizeBytes < basisMinBytes) removeStaged(open.staged);
    }
    await this.#commits.finish();
  }

  begin(file: ExpectedFile): void {
    const planned = this.#planned.get(file.index);
    if (!planned) return;
    const staged = `${planned.stagingKey}-${file.index}-${this.#suffix}`;
    try {
      // Readable by its owner until it is durable: to be flushed it has to be opened again.
      const mode = planned.mode | ownerRead;
      const fd = this.#create(staged, mode);
      const chunks = this.#offered.get(file.index);
      const basis = chunks && new BasisReader(planned.bases, chunks);
      this.#open = { planned, staged, fd, hash: basis && createHash('sha256'), basis };
      if ((mode & ~this.#umask) !== mode) fchmodSync(fd, mode);
    } catch (error) {
      this.#fail(planned, error);
    }
  }

  data(bytes: Uint8Array): void {
    const open = this.#open;
    if (!open) return;
    try {
      this.#write(open, bytes);
    } catch (error) {
      this.#fail(open.planned, error);
    }
  }

  copy(first: number, count: number): void {
    const open = this.#open;
    if (!open?.basis) return;
    try {
      for (const bytes of open.basis.read(first, count)) {
        this.#write(open, bytes);
        this.#copiedBytes += bytes.byteLength;
      }
    } catch (error) {
      this.#fail(open.planned, error);
    }
  }

  end(digest: Uint8Array | undefined): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    if (digest && open.hash && !open.hash.digest().equals(digest)) {
      this.#discard(open);
      this.#problems.add(
        open.planned.path,
        'differs from the sent file after it was put together; send it again',
      );
      return;
    }
    const { planned, staged, fd } = open;
    open.basis?.close();
    try {
      futimesSync(fd, planned.modifiedMs / 1000, planned.modifiedMs / 1000);
      closeSync(fd);
    } catch (error) {
      this.#open = open;
      this.#fail(planned, error);
      return;
    }
    this.#commits.add({ staged, planned });
  }

  abandon(reason: SkipReason): void {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    this.#discard(open);
    this.#problems.add(open.planned.path, reason);
  }

  skip(file: ExpectedFile, reason: SkipReason): void {
    this.#problems.add(this.#planned.get(file.index)?.path ?? '', reason);
  }

  #create(staged: string, mode: number): number {
    try {
      return openSync(staged, 'wx', mode);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      // Another operation ended and took the empty folder with it.
      openStaging(this.#plan.staging);
      return openSync(staged, 'wx', mode);
    }
  }

  #write(open: OpenFile, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength;) at += writeSync(open.fd, bytes, at);
    open.hash?.update(bytes);
    this.#writtenBytes += bytes.byteLength;
  }

  /** One file that cannot be written does not stop the others. */
  #fail(planned: PlannedFile, error: unknown): void {
    const open = this.#open;
    this.#open = undefined;
    if (open) this.#discard(open);
    this.#problems.add(planned.path, `cannot be written: ${systemCode(error) ?? String(error)}`);
  }

  #setMode(directory: string, mode: number): void {
    try {
      chmodSync(directory, mode);
    } catch (error) {
      const path = directory.slice(this.#plan.root.length + 1);
      this.#problems.add(path, `permissions cannot be set: ${systemCode(error) ?? 'unknown'}`);
    }
  }

  #discard(open: OpenFile): void {
    open.basis?.close();
    try {
      closeSync(open.fd);
    } catch (error) {
      // Already closed by the failure that is being reported.
      void error;
    }
    removeStaged(open.staged);
  }
}
