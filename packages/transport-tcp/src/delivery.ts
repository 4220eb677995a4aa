/**
 * Decides when the handler of a connection hears what: nothing before `open`, nothing but
 * `onClose` after a close, no data or end while paused, no call inside another.
 */
import type { ConnectionHandler, DwcpError } from '@dwcp/core';

/** What a delivery asks of the socket behind it. */
export interface Tap {
  /** Let bytes in. */
  start(): void;
  /** Let no more bytes in; those that come all the same are kept. */
  stop(): void;
}

/** The order of events towards one handler, which must not throw. */
export class Delivery {
  readonly #tap: Tap;
  #handler: ConnectionHandler | undefined;
  #paused = false;
  /** Closed by this side or by a failure: only `onClose` may follow. */
  #cut = false;
  /**
   * Copies of bytes that arrived while they could not be delivered. Bounded by one read of the
   * socket (64 KiB): TLS hands over all records of a read even after reading was stopped.
   */
  #held: Uint8Array[] = [];
  #end: 'none' | 'held' | 'told' = 'none';
  #close: 'none' | 'held' | 'told' = 'none';
  #closeError: DwcpError | undefined;
  #drained = false;
  #flushQueued = false;
  /** Payload bytes given to the handler so far. */
  receivedBytes = 0;

  constructor(tap: Tap) {
    this.#tap = tap;
  }

  /** Starts delivery. To be called once. */
  open(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#continue();
  }

  pause(): void {
    this.#paused = true;
    this.#tap.stop();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#handler !== undefined) this.#continue();
  }

  /** Bytes arrived; `chunk` may be reused by the caller after the call. */
  data(chunk: Uint8Array): void {
    const handler = this.#handler;
    if (this.#cut) return;
    if (handler === undefined || this.#paused || this.#held.length > 0) {
      // Not `slice`, which copies nothing when the chunk is a Buffer.
      this.#held.push(new Uint8Array(chunk));
      this.#tap.stop();
      return;
    }
    this.#give(handler, chunk);
  }

  /** The peer finished sending. */
  end(): void {
    if (this.#end !== 'none') return;
    this.#end = 'held';
    this.#flush();
  }

  /** The send queue fell below its low-water mark. */
  drain(): void {
    this.#drained = true;
    this.#flush();
  }

  /** From now on nothing but `onClose`. */
  cut(): void {
    this.#cut = true;
    this.#held = [];
    if (this.#close === 'held') this.#flushSoon();
  }

  /** The connection is gone. Node may find that out inside a call of `close`, hence not at once. */
  close(error: DwcpError | undefined): void {
    if (this.#close !== 'none') return;
    this.#close = 'held';
    this.#closeError = error;
    if (error !== undefined) this.cut();
    this.#flushSoon();
  }

  get #blocked(): boolean {
    return this.#paused || this.#held.length > 0;
  }

  #continue(): void {
    if (this.#held.length > 0 || this.#drained || this.#end === 'held' || this.#close === 'held') {
      this.#flushSoon();
    } else {
      this.#read();
    }
  }

  #read(): void {
    if (!this.#blocked && !this.#cut && this.#end === 'none' && this.#close === 'none') {
      this.#tap.start();
    }
  }

  /** Calls of the handler never happen inside its own calls of the connection. */
  #flushSoon(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(() => {
      this.#flushQueued = false;
      this.#flush();
    });
  }

  #flush(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#flushHeld(handler);
    if (this.#drained && !this.#cut) handler.onDrain();
    this.#drained = false;
    if (this.#end === 'held' && !this.#blocked && !this.#cut) {
      this.#end = 'told';
      handler.onEnd();
    }
    if (this.#close === 'held' && (this.#cut || !this.#blocked)) {
      this.#close = 'told';
      handler.onClose(this.#closeError);
    }
    this.#read();
  }

  #flushHeld(handler: ConnectionHandler): void {
    let next = 0;
    while (next < this.#held.length && !this.#paused && !this.#cut) {
      const chunk = this.#held[next++];
      if (chunk !== undefined) this.#give(handler, chunk);
    }
    this.#held.splice(0, next);
  }

  #give(handler: ConnectionHandler, chunk: Uint8Array): void {
    this.receivedBytes += chunk.byteLength;
    handler.onData(chunk);
  }
}
