/** A binary min-heap (Williams 1964, "Algorithm 232: Heapsort"): smallest entry first. */
export class MinHeap<Entry> {
  readonly #before: (a: Entry, b: Entry) => boolean;
  #entries: Entry[] = [];

  /** `before(a, b)` is true when `a` leaves the heap ahead of `b`; it must be a strict total order. */
  constructor(before: (a: Entry, b: Entry) => boolean) {
    this.#before = before;
  }

  /** Entries in the heap. */
  get size(): number {
    return this.#entries.length;
  }

  /** The smallest entry, which stays. */
  peek(): Entry | undefined {
    return this.#entries[0];
  }

  /** Adds an entry. */
  push(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt];
      if (parent === undefined || !this.#before(entry, parent)) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  /** Takes the smallest entry out. */
  pop(): Entry | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) this.#sink(last);
    return first;
  }

  /** Drops every entry for which `keep` is false. */
  filter(keep: (entry: Entry) => boolean): void {
    const kept = this.#entries.filter(keep);
    this.#entries = [];
    for (const entry of kept) this.push(entry);
  }

  /** Puts `entry` in the place of the root and lets it fall to where it belongs. */
  #sink(entry: Entry): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let childAt = at * 2 + 1;
      let child = entries[childAt];
      const right = entries[childAt + 1];
      if (child !== undefined && right !== undefined && this.#before(right, child)) {
        child = right;
        childAt += 1;
      }
      if (child === undefined || !this.#before(child, entry)) break;
      entries[at] = child;
      at = childAt;
    }
    entries[at] = entry;
  }
}
