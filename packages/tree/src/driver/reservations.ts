/** Who is writing where, and how much a peer asks for at a time. */
import { DwcpError, type Session } from '@dwcp/core';

/** Keeps two operations from writing below the same directory at the same time. */
export class Reservations {
  readonly #held = new Set<string>();
  readonly #operations = new Map<Session, number>();

  /** Runs `task` while no other task holds `path`, anything above it or anything below it. */
  async hold<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
    const key = `${path.replace(/\/$/, '')}/`;
    for (const other of this.#held) {
      if (other.startsWith(key) || key.startsWith(other)) {
        throw new DwcpError('ERR_DWCP_BUSY', 'another operation writes to the same directory');
      }
    }
    this.#held.add(key);
    try {
      return await task();
    } finally {
      this.#held.delete(key);
    }
  }

  /** Counts an operation of a session; false when it has `limit` already. */
  enter(session: Session, limit: number): boolean {
    const count = this.#operations.get(session) ?? 0;
    if (count >= limit) return false;
    this.#operations.set(session, count + 1);
    return true;
  }

  /** Ends what `enter` counted. */
  leave(session: Session): void {
    const count = (this.#operations.get(session) ?? 1) - 1;
    if (count > 0) this.#operations.set(session, count);
    else this.#operations.delete(session);
  }
}
