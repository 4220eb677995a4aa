import type { Clock, Timer } from '../roles/host.ts';
import { Queue } from './queue.ts';

/** Things that fall due one after the other, in the order in which they were added: one timer for all. */
export class Timeline<Item> {
  readonly #clock: Clock;
  readonly #onDue: (item: Item) => void;
  readonly #items = new Queue<{ readonly atMs: number; readonly item: Item }>();
  #lastMs = -Infinity;
  #timer: Timer | undefined;
  #held = false;

  constructor(clock: Clock, onDue: (item: Item) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Adds an item; it falls due no earlier than the one added before it. */
  add(atMs: number, item: Item): void {
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#items.push({ atMs: this.#lastMs, item });
    this.#arm();
  }

  /** Keeps everything back until {@link release}. */
  hold(): void {
    this.#held = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Goes on after {@link hold}: what should have happened meanwhile falls due now. */
  release(): void {
    this.#held = false;
    this.#arm();
  }

  #arm(): void {
    const next = this.#items.peek();
    if (next === undefined || this.#held || this.#timer !== undefined) return;
    this.#timer = this.#clock.schedule(next.atMs - this.#clock.nowMs(), () => this.#run());
  }

  #run(): void {
    const nowMs = this.#clock.nowMs();
    try {
      for (
        let next = this.#items.peek();
        next !== undefined && next.atMs <= nowMs;
        next = this.#items.peek()
      ) {
        this.#items.shift();
        this.#onDue(next.item);
        if (this.#held) return;
      }
    } finally {
      this.#timer = undefined;
      this.#arm();
    }
  }
}
