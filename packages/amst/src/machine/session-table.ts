/** Which connections may open or join a session of a listener. */
import { DwcpError } from '@dwcp/core';
import type { Hello } from './handshake.ts';

/** Where a connection comes from; all connections of a session must agree. */
export interface Origin {
  /** Name proved by certificate, or undefined. */
  readonly peerName: string | undefined;
  /** The remote address without its port. */
  readonly host: string;
}

/** Limits of a {@link SessionTable}. */
export interface SessionTableLimits {
  /** Sessions at the same time. */
  readonly maxSessions: number;
  /** Connections that one session is granted. */
  readonly maxConnectionsPerSession: number;
  /** Joins are taken this long after the first connection. */
  readonly joinTimeoutMs: number;
}

interface Entry<Session> {
  readonly session: Session;
  readonly origin: Origin;
  readonly nodeId: string;
  readonly count: number;
  readonly joined: Set<number>;
  readonly joinDeadlineMs: number;
}

/** The sessions of one listener by id. */
export class SessionTable<Session> {
  readonly #limits: SessionTableLimits;
  readonly #entries = new Map<string, Entry<Session>>();

  constructor(limits: SessionTableLimits) {
    this.#limits = limits;
  }

  /** Sessions that are open. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Throws `ERR_DWCP_BUSY` when the table is full and `ERR_DWCP_REFUSED` when the id is taken;
   * else returns the number of connections that the session is granted.
   */
  checkOpen(hello: Hello): number {
    if (this.#entries.has(keyOf(hello.sessionId))) throw refused('the session id is in use');
    if (this.#entries.size >= this.#limits.maxSessions) {
      throw new DwcpError(
        'ERR_DWCP_BUSY',
        `${this.#entries.size} sessions are open, the limit maxSessions`,
      );
    }
    return Math.min(hello.count, this.#limits.maxConnectionsPerSession);
  }

  /** Adds the session that `checkOpen` allowed. */
  open(hello: Hello, origin: Origin, session: Session, nowMs: number): void {
    this.#entries.set(keyOf(hello.sessionId), {
      session,
      origin,
      nodeId: keyOf(hello.nodeId),
      count: Math.min(hello.count, this.#limits.maxConnectionsPerSession),
      joined: new Set([0]),
      joinDeadlineMs: nowMs + this.#limits.joinTimeoutMs,
    });
  }

  /**
   * The session that a further connection belongs to, and the number of connections it was granted.
   * Whoever fails a check gets the same answer, so that nothing is learned about other sessions.
   */
  join(hello: Hello, origin: Origin, nowMs: number): { session: Session; count: number } {
    const entry = this.#entries.get(keyOf(hello.sessionId));
    const allowed =
      entry !== undefined &&
      entry.nodeId === keyOf(hello.nodeId) &&
      entry.origin.host === origin.host &&
      entry.origin.peerName === origin.peerName &&
      nowMs <= entry.joinDeadlineMs &&
      hello.index < entry.count &&
      !entry.joined.has(hello.index);
    if (!allowed) throw refused('there is no such session to join');
    entry.joined.add(hello.index);
    return { session: entry.session, count: entry.count };
  }

  /** Forgets a session that ended. */
  remove(sessionId: Uint8Array): void {
    this.#entries.delete(keyOf(sessionId));
  }
}

function keyOf(id: Uint8Array): string {
  let key = '';
  for (const byte of id) key += byte.toString(16).padStart(2, '0');
  return key;
}

function refused(reason: string): DwcpError {
  return new DwcpError('ERR_DWCP_REFUSED', reason);
}
