/** Notices a peer that went silent, and keeps ours from being taken for one. */

/** What to do after a tick. */
export type KeepAliveAction = 'none' | 'ping' | 'dead';

/**
 * Watches one connection. Each side sends something at least at every tick, so a side that hears
 * nothing for several ticks in a row has lost its peer. No answer is asked for: an answer would
 * wait behind the asker's own queued bulk and a slow link would look dead.
 *
 * Counts ticks, not time: after a stop of this process (a suspended laptop, a long pause) the
 * bytes that wait in the socket are read before the next tick.
 */
export class KeepAlive {
  readonly #maxSilentTicks: number;
  #silentTicks = 0;
  #heard = false;
  #sent = false;

  constructor(maxSilentTicks: number) {
    this.#maxSilentTicks = maxSilentTicks;
  }

  /** Bytes arrived. */
  heard(): void {
    this.#heard = true;
  }

  /** Bytes were sent. */
  sent(): void {
    this.#sent = true;
  }

  /** One interval has passed. */
  tick(): KeepAliveAction {
    this.#silentTicks = this.#heard ? 0 : this.#silentTicks + 1;
    const quiet = !this.#sent;
    this.#heard = false;
    this.#sent = false;
    if (this.#silentTicks >= this.#maxSilentTicks) return 'dead';
    return quiet ? 'ping' : 'none';
  }
}
