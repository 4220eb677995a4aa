import type { Timer } from '../roles/host.ts';
import type { MemorySettings } from './options.ts';
import { Queue } from './queue.ts';

/** A sender that wants to use the path. */
export interface PathUser {
  /** Size of the segment that may leave now; 0 when there is none. */
  nextBytes(): number;
  /** Sends that segment; its last bit leaves at `departureMs`. */
  transmit(sizeBytes: number, departureMs: number): void;
}

/** One direction of the path: connections take turns, one segment each, at the rate of the path. */
export class Bottleneck {
  readonly #settings: MemorySettings;
  readonly #waiting = new Queue<PathUser>();
  readonly #listed = new Set<PathUser>();
  #freeAtMs = -Infinity;
  #timer: Timer | undefined;

  constructor(settings: MemorySettings) {
    this.#settings = settings;
  }

  /** Lets `user` take turns until it has nothing to send. */
  request(user: PathUser): void {
    if (this.#listed.has(user) || user.nextBytes() === 0) return;
    if (this.#waiting.size === 0)
      this.#freeAtMs = Math.max(this.#freeAtMs, this.#settings.clock.nowMs());
    this.#listed.add(user);
    this.#waiting.push(user);
    if (this.#timer === undefined) this.#serve();
  }

  #serve(): void {
    const nowMs = this.#settings.clock.nowMs();
    // After a late timer several turns are due: the average rate is the rate of the path.
    while (this.#freeAtMs <= nowMs) {
      const user = this.#waiting.shift();
      if (user === undefined) return;
      this.#turn(user);
    }
    if (this.#waiting.size === 0) return;
    this.#timer = this.#settings.clock.schedule(this.#freeAtMs - nowMs, () => {
      this.#timer = undefined;
      this.#serve();
    });
  }

  #turn(user: PathUser): void {
    const sizeBytes = user.nextBytes();
    if (sizeBytes > 0) {
      this.#freeAtMs += (sizeBytes * 8000) / this.#settings.path.rateBps;
      user.transmit(sizeBytes, this.#freeAtMs);
    }
    if (user.nextBytes() > 0) this.#waiting.push(user);
    else this.#listed.delete(user);
  }
}
