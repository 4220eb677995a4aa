/** The outer form of handshake messages, and its incremental reader. */
import { DwcpError } from '@dwcp/core';

/** Kinds of handshake messages. */
export const greetingKind = { hello: 1, welcome: 2, reject: 3 } as const;

/** `DWCP` in ASCII: the first bytes of every connection in both directions. */
const magic = [0x44, 0x57, 0x43, 0x50] as const;

/** Magic, kind, a zero byte and the length of the body as 16 bits. */
const preludeBytes = 8;

/** Largest body of a handshake message; today's take about 100 bytes. */
export const maxGreetingBytes = 4096;

/** One handshake message. */
export interface Greeting {
  /** One of {@link greetingKind}, or a number this version does not know. */
  readonly kind: number;
  /** The encoded message. */
  readonly body: Uint8Array;
  /** Bytes of the pushed chunk that follow the message; valid as long as the chunk is. */
  readonly rest: Uint8Array;
}

/** A handshake message in one piece. */
export function encodeGreeting(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(preludeBytes + body.byteLength);
  bytes.set(magic);
  bytes[4] = kind;
  new DataView(bytes.buffer).setUint16(6, body.byteLength);
  bytes.set(body, preludeBytes);
  return bytes;
}

/**
 * Collects one handshake message. Refuses at the first byte that cannot belong to one, and holds
 * at most 4 KiB.
 */
export class GreetingReader {
  readonly #prelude = new Uint8Array(preludeBytes);
  #preludeFilled = 0;
  #body: Uint8Array | undefined;
  #bodyFilled = 0;

  /** Takes bytes; returns the message once it is complete. Throws `ERR_DWCP_MALFORMED`. */
  push(chunk: Uint8Array): Greeting | undefined {
    let at = 0;
    while (this.#preludeFilled < preludeBytes) {
      const byte = chunk[at];
      if (byte === undefined) return undefined;
      at += 1;
      this.#takePreludeByte(byte);
    }
    const body = (this.#body ??= new Uint8Array(this.#bodyBytes()));
    const part = chunk.subarray(at, at + body.byteLength - this.#bodyFilled);
    body.set(part, this.#bodyFilled);
    this.#bodyFilled += part.byteLength;
    if (this.#bodyFilled < body.byteLength) return undefined;
    return { kind: this.#prelude[4] ?? 0, body, rest: chunk.subarray(at + part.byteLength) };
  }

  #takePreludeByte(byte: number): void {
    const position = this.#preludeFilled;
    const expected = position === 5 ? 0 : magic[position];
    if (expected !== undefined && byte !== expected) {
      throw new DwcpError(
        'ERR_DWCP_MALFORMED',
        `byte ${position} of the connection is ${byte} and not ${expected}: the peer does not speak DWCP`,
      );
    }
    this.#prelude[position] = byte;
    this.#preludeFilled = position + 1;
  }

  #bodyBytes(): number {
    const sizeBytes = ((this.#prelude[6] ?? 0) << 8) | (this.#prelude[7] ?? 0);
    if (sizeBytes <= maxGreetingBytes) return sizeBytes;
    throw new DwcpError(
      'ERR_DWCP_MALFORMED',
      `a handshake message of ${sizeBytes} bytes is above the limit of ${maxGreetingBytes}`,
    );
  }
}
