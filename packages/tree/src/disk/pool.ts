/** The disks of a tree service. */
import { setTimeout } from 'node:timers/promises';
import type { Disk } from './disk.ts';
import { InlineDisk } from './inline.ts';
import { ThreadDisk } from './thread.ts';

/** A disk that hangs longer than this is left to itself. */
const stopPatienceMs = 10_000;
/** Threads kept for the next operation. */
const idleThreads = 2;

/** Hands out disks and keeps a few threads warm. */
export class DiskPool {
  readonly #idle: Disk[] = [];
  readonly #busy = new Set<Disk>();
  readonly #makeDisk: () => Disk;

  /** `inThreads`: work in worker threads instead of the calling one. */
  constructor(inThreads: boolean) {
    this.#makeDisk = inThreads ? () => new ThreadDisk() : () => new InlineDisk();
  }

  /** Makes one ahead of its first use. */
  warm(): void {
    if (this.#idle.length === 0) this.#idle.push(this.#makeDisk());
  }

  /** A disk of the caller's own, until it is given back. */
  take(): Disk {
    const disk = this.#idle.pop() ?? this.#makeDisk();
    this.#busy.add(disk);
    return disk;
  }

  /** Takes a disk back; what it was doing is given up. Never rejects: one that cannot is stopped. */
  async release(disk: Disk): Promise<void> {
    const isClean = await disk.call('reset', undefined).then(
      () => true,
      () => false,
    );
    this.#busy.delete(disk);
    if (isClean && this.#idle.length < idleThreads) this.#idle.push(disk);
    else await disk.stop();
  }

  /** Stops all; what has arrived completely is put in place first, if that ends in time. */
  async stop(): Promise<void> {
    const busy = Array.from(this.#busy, (disk) => disk.call('reset', undefined).catch(() => {}));
    await Promise.race([Promise.all(busy), setTimeout(stopPatienceMs, undefined, { ref: false })]);
    const disks = [...this.#idle.splice(0), ...this.#busy];
    await Promise.all(disks.map((disk) => disk.stop()));
  }
}
