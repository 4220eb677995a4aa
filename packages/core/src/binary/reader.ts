/**
 * Length-checked reading of binary messages: every read either fits or throws
 * `ERR_DWCP_MALFORMED`. Numbers are big-endian (network byte order, RFC 1700).
 */
import { DwcpError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads fields from the front of a byte array.
 *
 * @example
 * ```ts
 * import { BinaryReader, BinaryWriter } from '@dwcp/core';
 *
 * const bytes = new BinaryWriter().uint16(7).text('hello', 255).finish();
 * const reader = new BinaryReader(bytes);
 * reader.uint16(); // => 7
 * reader.text(255); // => 'hello'
 * reader.end();
 * ```
 */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  /** @param bytes the message; it must not change while it is read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes not read yet. */
  get remainingBytes(): number {
    return this.#bytes.byteLength - this.#position;
  }

  /** One byte, 0 … 255. */
  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Two bytes, 0 … 65 535. */
  uint16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  /** Four bytes, 0 … 2^32 - 1. */
  uint32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** Eight bytes for a number that is at most 2^53 - 1; a larger one is malformed. */
  uint53(): number {
    const at = this.#advance(8);
    const value = this.#view.getUint32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (value > Number.MAX_SAFE_INTEGER) throw malformed('a 64-bit number is above 2^53 - 1');
    return value;
  }

  /** Eight bytes, 0 … 2^64 - 1. */
  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** Unsigned LEB128 (DWARF 4, section 7.6), at most 2^53 - 1, shortest form only. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.uint8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (byte === 0 && factor > 1) throw malformed('a varint is not in its shortest form');
        if (value > Number.MAX_SAFE_INTEGER) throw malformed('a varint is above 2^53 - 1');
        return value;
      }
    }
    throw malformed('a varint is longer than 8 bytes');
  }

  /**
   * The next `sizeBytes` bytes as a view of the same memory. Throws `ERR_DWCP_INVALID_ARGUMENT`
   * unless `sizeBytes` is a whole number of at least 0.
   */
  bytes(sizeBytes: number): Uint8Array {
    if (!Number.isInteger(sizeBytes) || sizeBytes < 0) {
      throw new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `${sizeBytes} is no number of bytes`);
    }
    const at = this.#advance(sizeBytes);
    return this.#bytes.subarray(at, at + sizeBytes);
  }

  /** Bytes behind a varint length of at most `maxBytes`, as a view of the same memory. */
  prefixed(maxBytes: number): Uint8Array {
    const sizeBytes = this.varint();
    if (sizeBytes > maxBytes)
      throw malformed(`a field of ${sizeBytes} bytes is above its limit of ${maxBytes}`);
    return this.bytes(sizeBytes);
  }

  /** Valid UTF-8 behind a varint length of at most `maxBytes`. */
  text(maxBytes: number): string {
    const bytes = this.prefixed(maxBytes);
    try {
      return utf8.decode(bytes);
    } catch (cause) {
      throw new DwcpError('ERR_DWCP_MALFORMED', 'a text field is not valid UTF-8', { cause });
    }
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.remainingBytes > 0)
      throw malformed(`${this.remainingBytes} bytes follow the last field`);
  }

  #advance(sizeBytes: number): number {
    const at = this.#position;
    if (sizeBytes > this.remainingBytes) {
      throw malformed(`truncated: ${sizeBytes} bytes wanted, ${this.remainingBytes} left`);
    }
    this.#position = at + sizeBytes;
    return at;
  }
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', message);
}
