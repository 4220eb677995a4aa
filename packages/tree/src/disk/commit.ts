/** The last step of a file: durable where it stands, then renamed over its target. */
import { chmodSync, renameSync, rmdirSync } from 'node:fs';
import type { Durability } from './durability.ts';
import type { PlannedFile, TreePlan } from './plan.ts';
import { systemCode } from './problem.ts';
import { removeStaged } from './staged.ts';

/** A batch is made durable and renamed when it has this many bytes … */
const batchBytes = 32 * 1024 * 1024;
/** … or this many files. */
const batchFiles = 4096;

/** Permission of the owner to read. */
export const ownerRead = 0o400;

/** A complete file that waits to be put in place. */
export interface StagedFile {
  /** Where it stands now. */
  readonly staged: string;
  /** What it is to become. */
  readonly planned: PlannedFile;
}

/** Makes complete files durable and puts them in place, one batch while the next is written. */
export class CommitQueue {
  readonly #plan: TreePlan;
  readonly #durability: Durability;
  #files: StagedFile[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;
  #placedFiles = 0;

  constructor(plan: TreePlan, durability: Durability) {
    this.#plan = plan;
    this.#durability = durability;
  }

  /** Files that stand in place. */
  get placedFiles(): number {
    return this.#placedFiles;
  }

  /** Hands over a complete, closed file. */
  add(file: StagedFile): void {
    this.#files.push(file);
    this.#bytes += file.planned.sizeBytes;
  }

  /** Starts a batch when one is full; waits while the one before it runs. */
  async ready(): Promise<void> {
    if (this.#bytes < batchBytes && this.#files.length < batchFiles) return;
    await this.#running;
    this.#start();
  }

  /** Commits everything and makes the renames durable too. */
  async finish(): Promise<void> {
    await this.#running;
    this.#start();
    await this.#running;
    const { directories, root, staging } = this.#plan;
    await this.#durability.sync(root, { files: [], directories });
    removeEmpty(staging);
  }

  #start(): void {
    const files = this.#files;
    this.#files = [];
    this.#bytes = 0;
    if (files.length === 0) return;
    this.#running = this.#commit(files);
    // The failure is reported by whoever waits next.
    this.#running.catch(() => {});
  }

  async #commit(files: readonly StagedFile[]): Promise<void> {
    const written = { files: files.map((file) => file.staged), directories: [] };
    await this.#durability.sync(this.#plan.root, written);
    for (const { staged, planned } of files) this.#place(staged, planned);
  }

  #place(staged: string, planned: PlannedFile): void {
    try {
      renameSync(staged, planned.target);
      this.#placedFiles += 1;
      if ((planned.mode & ownerRead) === 0) chmodSync(planned.target, planned.mode);
      for (const leftover of planned.leftovers) removeStaged(leftover);
    } catch (error) {
      removeStaged(staged);
      this.#plan.problems.add(
        planned.path,
        `cannot be put in place: ${systemCode(error) ?? 'unknown'}`,
      );
    }
  }
}

/** Leaves no folder behind unless another operation still has files in it. */
function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    // Not empty, or gone already.
    void error;
  }
}
