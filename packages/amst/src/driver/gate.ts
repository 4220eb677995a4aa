/** Lets asynchronous code wait for a change of state. */

/** Wakes all who wait; whoever wakes checks the state again. */
export class Gate {
  #waiting: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  /** Resolves at the next `open`. */
  wait(): Promise<void> {
    this.#waiting ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#waiting;
  }

  /** Something changed. */
  open(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#wake();
  }
}
