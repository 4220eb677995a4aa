/** One connection with its counters, whose events change hands after the handshake. */
import type { Connection, ConnectionHandler, DwcpError } from '@dwcp/core';

/** Owns a connection; exactly one consumer gets its events at a time. */
export class Wire implements ConnectionHandler {
  /** The connection itself. */
  readonly connection: Connection;
  #consumer: ConnectionHandler | undefined;
  #closed: { readonly error: DwcpError | undefined } | undefined;
  #ready = true;
  #backlogBytes = 0;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** False from a `send` that filled the transport's queue until it has drained. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Bytes handed over since the queue was full; 0 when it is not. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** Bytes handed to the transport. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Bytes that came from the transport. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Gives all further events to `consumer`, `onClose` even if it has already happened. */
  consume(consumer: ConnectionHandler): void {
    const first = this.#consumer === undefined;
    this.#consumer = consumer;
    if (first) this.connection.open(this);
    else if (this.#closed) consumer.onClose(this.#closed.error);
  }

  /** Hands chunks to the transport; true when more is welcome. */
  send(chunks: readonly Uint8Array[], sizeBytes: number, onSent?: () => void): boolean {
    this.#sentBytes += sizeBytes;
    const accepted = this.connection.send(chunks, onSent);
    if (!accepted) this.#ready = false;
    if (!this.#ready) this.#backlogBytes += sizeBytes;
    return this.#ready;
  }

  onData(chunk: Uint8Array): void {
    this.#receivedBytes += chunk.byteLength;
    this.#consumer?.onData(chunk);
  }

  onDrain(): void {
    this.#ready = true;
    this.#backlogBytes = 0;
    this.#consumer?.onDrain();
  }

  onEnd(): void {
    this.#consumer?.onEnd();
  }

  onClose(error?: DwcpError): void {
    this.#closed = { error };
    this.#consumer?.onClose(error);
  }
}
