/** Makes something startable out of the two things that only its author knows. */
import { abortedError, DwcpError } from '../errors.ts';
import type { AbortOptions, Startable } from '../roles/lifecycle.ts';
import { abortable } from './abortable.ts';

/** Where a {@link Startable} stands. */
export type RunState = 'stopped' | 'starting' | 'started' | 'stopping';

/** The work behind {@link startable}. Neither function is ever called while the other is at work. */
export interface StartHooks {
  /**
   * Starts. When it rejects it must leave nothing behind: `stop` is not called then. It should
   * give up when `signal` fires; if it ends well all the same, `stop` is called.
   */
  start(options: { readonly signal: AbortSignal }): Promise<void> | void;
  /** Stops what `start` started. Called once for every start that ended well. */
  stop(): Promise<void> | void;
}

/** A {@link Startable} that shows where it stands. */
export interface StartableState extends Startable {
  /** Where it stands now. */
  readonly state: RunState;
}

/**
 * A `Startable` with all that the role promises: calls in a row and at the same time share one
 * start and one stop, a stop during a start aborts it and waits for it, a start during a stop waits
 * for it, and a failed start may be tried again.
 *
 * `start` rejects with what the hook threw, or with `ERR_DWCP_ABORTED` when its signal fired or
 * `stop` was called first. The signal of the call that begins a start aborts the start; the signal
 * of a later call ends only the wait of that call.
 *
 * @example
 * ```ts
 * import { startable } from '@dwcp/core';
 *
 * const log: string[] = [];
 * const part = startable({ start: () => void log.push('up'), stop: () => void log.push('down') });
 * await Promise.all([part.start(), part.start()]);
 * part.state; // => 'started'
 * await part.stop();
 * log; // => ['up', 'down']
 * ```
 */
export function startable(hooks: StartHooks): StartableState {
  return new Switch(hooks);
}

/** One start, from the call to the end of the stop that undoes it. */
interface Run {
  /** Settles as the hook does. */
  readonly hook: Promise<void>;
  /** What callers of `start` get: also rejects when the run was aborted although the hook ended well. */
  readonly started: Promise<void>;
  readonly abort: AbortController;
  /** True once the hook has ended well; its signal then stays quiet. */
  up: boolean;
}

class Switch implements StartableState {
  readonly #hooks: StartHooks;
  #state: RunState = 'stopped';
  #run: Run | undefined;
  #stopping: Promise<void> = Promise.resolve();

  constructor(hooks: StartHooks) {
    this.#hooks = hooks;
  }

  get state(): RunState {
    return this.#state;
  }

  start(options: AbortOptions = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(abortedError(signal));
    if (this.#run !== undefined) return abortable(this.#run.started, signal);
    const run = this.#begin(signal);
    this.#run = run;
    return run.started;
  }

  stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return this.#stopping;
    this.#run = undefined;
    if (!run.up) run.abort.abort(stoppedEarly());
    const stopping = this.#end(run).finally(() => {
      if (this.#stopping === stopping) this.#stopping = Promise.resolve();
    });
    this.#stopping = stopping;
    return stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #begin(userSignal: AbortSignal | undefined): Run {
    const abort = new AbortController();
    const signal =
      userSignal === undefined ? abort.signal : AbortSignal.any([abort.signal, userSignal]);
    // A failed stop is the business of those who called stop.
    const stopped = this.#stopping.catch(() => {});
    const hook = stopped.then(async () => {
      await this.#startHook(signal);
      run.up = true;
    });
    const started = hook.then(
      async () => {
        if (!signal.aborted) return;
        await (this.#run === run ? this.stop() : this.#stopping);
        throw abortedError(signal);
      },
      (error: unknown) => {
        if (this.#run === run) this.#run = undefined;
        throw error;
      },
    );
    const run: Run = { hook, started, abort, up: false };
    return run;
  }

  async #startHook(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortedError(signal);
    this.#state = 'starting';
    try {
      await this.#hooks.start({ signal });
      this.#state = 'started';
    } catch (error) {
      this.#state = 'stopped';
      throw error;
    }
  }

  async #end(run: Run): Promise<void> {
    const running = await run.hook.then(
      () => true,
      () => false,
    );
    if (!running) return;
    this.#state = 'stopping';
    try {
      await this.#hooks.stop();
    } finally {
      this.#state = 'stopped';
    }
  }
}

function stoppedEarly(): DwcpError {
  return new DwcpError('ERR_DWCP_ABORTED', 'stop was called before the start was complete');
}
