/** One end of a connection under test: a handler that watches how it is called. */
import assert from 'node:assert/strict';
import type { Connection, ConnectionHandler, DwcpError } from '@dwcp/core';
import { Pattern } from './pattern.ts';

/** What a case does inside the calls of the handler. */
export type Reactions = Partial<ConnectionHandler>;

interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/**
 * Records what it hears and notes every call that the role forbids: calls inside other calls,
 * data while paused or after the end, a drain that nobody waits for, anything after the close.
 */
export class Peer implements ConnectionHandler {
  readonly connection: Connection;
  receivedBytes = 0;
  ends = 0;
  drains = 0;
  closes = 0;
  closeError: DwcpError | undefined;
  /** Forbidden calls, in words. */
  readonly violations: string[] = [];
  readonly #reactions: Reactions;
  readonly #patienceMs: number;
  readonly #waiters = new Set<Waiter>();
  readonly #kept: Uint8Array[] = [];
  #expected: Pattern | undefined;
  #busy: string | undefined;
  #opened = false;
  #paused = false;
  #dropped = false;
  #drainDue = false;

  constructor(connection: Connection, patienceMs: number, reactions: Reactions = {}) {
    this.connection = connection;
    this.#patienceMs = patienceMs;
    this.#reactions = reactions;
  }

  /** Calls `open` and returns itself. */
  open(): this {
    this.#opened = true;
    this.#during('open', () => this.connection.open(this));
    return this;
  }

  /** Checks everything received against the pattern instead of keeping it. */
  expectPattern(): this {
    this.#expected = new Pattern();
    return this;
  }

  /** Everything received, as text; nothing when a pattern is expected. */
  get text(): string {
    return Buffer.concat(this.#kept).toString();
  }

  /** True from `open` to `onClose`. */
  get live(): boolean {
    return this.#opened && this.closes === 0;
  }

  send(...chunks: Uint8Array[]): boolean {
    return this.#send(chunks);
  }

  #send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    const below = this.#during('send', () => this.connection.send(chunks, onSent));
    if (!below && !this.#dropped) this.#drainDue = true;
    return below;
  }

  /** Sends chunks with an `onSent`, which must not be called inside another call. */
  sendTracked(chunks: readonly Uint8Array[], onSent: () => void): boolean {
    return this.#send(chunks, () => {
      if (this.#busy !== undefined) this.violations.push(`onSent inside ${this.#busy}`);
      onSent();
      this.#wake();
    });
  }

  sendText(text: string): boolean {
    return this.send(Buffer.from(text));
  }

  /** Sends the next bytes of `pattern` and waits for `onDrain` whenever the answer says so. */
  async stream(pattern: Pattern, totalBytes: number, chunkBytes: number): Promise<void> {
    for (let sent = 0; sent < totalBytes; sent += chunkBytes) {
      const below = this.send(pattern.take(Math.min(chunkBytes, totalBytes - sent)));
      if (!below) await this.until(() => !this.#drainDue, 'onDrain after send had returned false');
    }
  }

  end(): void {
    this.#during('end', () => this.connection.end());
  }

  pause(): void {
    this.#paused = true;
    this.#during('pause', () => this.connection.pause());
  }

  resume(): void {
    this.#paused = false;
    this.#during('resume', () => this.connection.resume());
  }

  close(error?: DwcpError): void {
    this.#dropped = true;
    this.#during('close', () => this.connection.close(error));
  }

  onData(chunk: Uint8Array): void {
    this.#called('onData', () => {
      if (this.#paused) this.violations.push('onData while paused');
      if (this.ends > 0) this.violations.push('onData after onEnd');
      this.receivedBytes += chunk.byteLength;
      if (this.#expected === undefined) this.#kept.push(new Uint8Array(chunk));
      else this.#compare(this.#expected, chunk);
      this.#reactions.onData?.(chunk);
    });
  }

  onDrain(): void {
    this.#called('onDrain', () => {
      if (!this.#drainDue) this.violations.push('onDrain although send had not returned false');
      this.#drainDue = false;
      this.drains += 1;
      this.#reactions.onDrain?.();
    });
  }

  onEnd(): void {
    this.#called('onEnd', () => {
      if (this.#paused) this.violations.push('onEnd while paused');
      if (this.ends > 0) this.violations.push('onEnd twice');
      this.ends += 1;
      this.#reactions.onEnd?.();
    });
  }

  onClose(error?: DwcpError): void {
    this.#called('onClose', () => {
      this.closes += 1;
      this.closeError = error;
      this.#reactions.onClose?.(error);
    });
  }

  /** Resolves as soon as `met` holds; rejects when that takes longer than the suite is patient. */
  async until(met: () => boolean, what: string): Promise<void> {
    if (met()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(
          new assert.AssertionError({ message: `waited in vain for ${what}; ${this.#state()}` }),
        );
      }, this.#patienceMs);
      const waiter: Waiter = {
        met,
        resolve() {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Waits until this many bytes have arrived, and not one more. */
  async received(sizeBytes: number): Promise<void> {
    await this.until(() => this.receivedBytes >= sizeBytes, `${sizeBytes} bytes`);
    assert.equal(this.receivedBytes, sizeBytes, 'bytes received');
  }

  async ended(): Promise<void> {
    await this.until(() => this.ends > 0, 'onEnd');
  }

  async closed(): Promise<void> {
    await this.until(() => this.closes > 0, 'onClose');
  }

  /** Throws if a forbidden call was seen. */
  check(): void {
    assert.deepEqual(this.violations, [], 'calls that the role forbids');
  }

  #compare(expected: Pattern, chunk: Uint8Array): void {
    const at = expected.position;
    if (expected.matches(chunk)) return;
    this.violations.push(`wrong bytes between ${at} and ${at + chunk.byteLength}`);
    // Comparing further would only repeat this.
    this.#expected = undefined;
  }

  #called(call: string, react: () => void): void {
    if (this.#busy !== undefined) this.violations.push(`${call} inside ${this.#busy}`);
    if (this.closes > 0) this.violations.push(`${call} after onClose`);
    if (this.#dropped && call !== 'onClose') this.violations.push(`${call} after close`);
    const outer = this.#busy;
    this.#busy = call;
    try {
      react();
    } finally {
      this.#busy = outer;
      this.#wake();
    }
  }

  /** A call of the connection from inside the handler is allowed; the reverse is not. */
  #during<Result>(call: string, act: () => Result): Result {
    const outer = this.#busy;
    this.#busy = call;
    try {
      return act();
    } finally {
      this.#busy = outer;
    }
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.met()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  #state(): string {
    const { receivedBytes, ends, drains, closes } = this;
    return `seen so far: ${receivedBytes} bytes, onEnd ${ends}, onDrain ${drains}, onClose ${closes}`;
  }
}
