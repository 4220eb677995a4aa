/** A clock that only moves when it is told to, for tests and simulations. */
import { DwcpError } from '../errors.ts';
import type { Clock, Timer } from '../roles/host.ts';
import { MinHeap } from './heap.ts';

/** Options of {@link virtualClock}. */
export interface VirtualClockOptions {
  /** First value of `nowMs()`. @default 0 */
  readonly startMs?: number;
  /** First value of `wallMs()`, milliseconds since 1970. @default 0 */
  readonly startWallMs?: number;
}

/** A {@link Clock} under the control of its owner. Calls that fall due together run in the order in which they were scheduled. */
export interface VirtualClock extends Clock {
  /** Calls that are scheduled and neither made nor cancelled. */
  readonly pending: number;
  /**
   * Moves the time forward by `ms` (≥ 0) and makes every call that falls due on the way, also those
   * that are scheduled meanwhile. Reactions of promises do not run before it returns.
   * Throws `ERR_DWCP_INVALID_ARGUMENT` when `ms` is negative or not a finite number.
   */
  advance(ms: number): void;
  /**
   * Jumps from call to call until none is scheduled; returns how many were made. Throws
   * `ERR_DWCP_LIMIT_EXCEEDED` after `maxCalls` (default 1 000 000): a periodic timer never ends.
   */
  runUntilIdle(options?: { readonly maxCalls?: number }): number;
  /**
   * Jumps from call to call until `promise` is settled, and lets all other promises react between
   * two calls. Without a scheduled call it waits, at a standing clock, for real work to go on; with
   * one it does not wait, since it cannot see work that is on its way in files or sockets.
   */
  until<Value>(promise: Promise<Value>): Promise<Value>;
}

/**
 * A clock that stands still until it is moved.
 *
 * @example
 * ```ts
 * import { virtualClock } from '@dwcp/core';
 *
 * const clock = virtualClock();
 * const seen: string[] = [];
 * clock.schedule(20, () => seen.push('second'));
 * clock.schedule(10, () => seen.push('first'));
 * clock.advance(15);
 * seen; // => ['first']
 * clock.runUntilIdle(); // => 1
 * clock.nowMs(); // => 20
 * ```
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new SteppedClock(options.startMs ?? 0, options.startWallMs ?? 0);
}

interface Call {
  readonly atMs: number;
  /** Tells calls of the same time apart: the one scheduled first is made first. */
  readonly order: number;
  callback: (() => void) | undefined;
}

class SteppedClock implements VirtualClock {
  readonly #calls = new MinHeap<Call>((a, b) =>
    a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs,
  );
  readonly #wallOffsetMs: number;
  #nowMs: number;
  #scheduled = 0;
  #cancelled = 0;
  /** Set while {@link until} waits for somebody to schedule a call. */
  #wake: (() => void) | undefined;

  constructor(startMs: number, startWallMs: number) {
    this.#nowMs = startMs;
    this.#wallOffsetMs = startWallMs - startMs;
  }

  get pending(): number {
    return this.#calls.size - this.#cancelled;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const call: Call = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#scheduled++,
      callback,
    };
    this.#calls.push(call);
    this.#wake?.();
    return { cancel: () => this.#cancel(call) };
  }

  advance(ms: number): void {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `a clock cannot advance by ${ms} ms`);
    }
    const endMs = this.#nowMs + ms;
    while (this.#step(endMs));
    this.#nowMs = endMs;
  }

  runUntilIdle(options: { readonly maxCalls?: number } = {}): number {
    const maxCalls = options.maxCalls ?? 1_000_000;
    let made = 0;
    while (this.#step(Infinity)) {
      made += 1;
      if (made === maxCalls && this.pending > 0) {
        throw new DwcpError(
          'ERR_DWCP_LIMIT_EXCEEDED',
          `not idle after ${maxCalls} calls (maxCalls)`,
        );
      }
    }
    return made;
  }

  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    const settling = promise.then(settle, settle);
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (settled) return promise;
      if (!this.#step(Infinity)) await Promise.race([settling, this.#nextSchedule()]);
    }
  }

  /** Makes the next call if it falls due by `limitMs`; false when there is none. */
  #step(limitMs: number): boolean {
    for (
      let call = this.#calls.peek();
      call !== undefined && call.atMs <= limitMs;
      call = this.#calls.peek()
    ) {
      this.#calls.pop();
      const { callback } = call;
      if (callback === undefined) {
        this.#cancelled -= 1;
        continue;
      }
      call.callback = undefined;
      this.#nowMs = Math.max(this.#nowMs, call.atMs);
      callback();
      return true;
    }
    return false;
  }

  #cancel(call: Call): void {
    if (call.callback === undefined) return;
    call.callback = undefined;
    this.#cancelled += 1;
    // Cancelled calls stay in the heap until they are the majority: a cancel is O(1) on average.
    if (this.#cancelled * 2 <= this.#calls.size) return;
    this.#calls.filter((kept) => kept.callback !== undefined);
    this.#cancelled = 0;
  }

  #nextSchedule(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
