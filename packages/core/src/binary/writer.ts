/** Writing of binary messages; the counterpart of {@link BinaryReader}. */
import { DwcpError } from '../errors.ts';

const utf8 = new TextEncoder();

/**
 * Appends fields to a growing byte array; every method returns the writer itself. Numbers are
 * big-endian. A value out of its range throws `ERR_DWCP_INVALID_ARGUMENT` and writes nothing.
 *
 * @example
 * ```ts
 * import { BinaryWriter } from '@dwcp/core';
 *
 * new BinaryWriter().uint8(1).varint(300).finish(); // => Uint8Array.of(1, 0xac, 0x02)
 * ```
 */
export class BinaryWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param expectedBytes memory to begin with; it doubles when it is full. */
  constructor(expectedBytes = 64) {
    this.#bytes = new Uint8Array(expectedBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#length;
  }

  /** One byte, 0 … 255. */
  uint8(value: number): this {
    const at = this.#reserve(1, value, 0xff);
    this.#view.setUint8(at, value);
    return this;
  }

  /** Two bytes, 0 … 65 535. */
  uint16(value: number): this {
    const at = this.#reserve(2, value, 0xffff);
    this.#view.setUint16(at, value);
    return this;
  }

  /** Four bytes, 0 … 2^32 - 1. */
  uint32(value: number): this {
    const at = this.#reserve(4, value, 0xffff_ffff);
    this.#view.setUint32(at, value);
    return this;
  }

  /** Eight bytes for a number of at most 2^53 - 1. */
  uint53(value: number): this {
    const at = this.#reserve(8, value, Number.MAX_SAFE_INTEGER);
    this.#view.setUint32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value % 2 ** 32);
    return this;
  }

  /** Eight bytes, 0 … 2^64 - 1. */
  uint64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw outOfRange(value, '2^64 - 1');
    const at = this.#reserve(8, 0, 0);
    this.#view.setBigUint64(at, value);
    return this;
  }

  /** Unsigned LEB128 in its shortest form, at most 2^53 - 1. */
  varint(value: number): this {
    checkRange(value, Number.MAX_SAFE_INTEGER);
    let rest = value;
    while (rest >= 0x80) {
      this.uint8((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    return this.uint8(rest);
  }

  /** Bytes as they are, without a length. */
  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.byteLength, 0, 0);
    this.#bytes.set(value, at);
    return this;
  }

  /** Bytes behind a varint length; more than `maxBytes` throws. */
  prefixed(value: Uint8Array, maxBytes: number): this {
    if (value.byteLength > maxBytes) throw tooLong(value.byteLength, maxBytes);
    return this.varint(value.byteLength).bytes(value);
  }

  /** UTF-8 behind a varint length; more than `maxBytes` throws. */
  text(value: string, maxBytes: number): this {
    return this.prefixed(utf8.encode(value), maxBytes);
  }

  /** What was written, as a view; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Makes room first: growing replaces the array and its view. */
  #reserve(sizeBytes: number, value: number, limit: number): number {
    checkRange(value, limit);
    const at = this.#length;
    const needed = at + sizeBytes;
    if (needed > this.#bytes.byteLength) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  #grow(neededBytes: number): void {
    const grown = new Uint8Array(Math.max(neededBytes, this.#bytes.byteLength * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function checkRange(value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return;
  throw outOfRange(value, limit);
}

function outOfRange(value: number | bigint, limit: number | string): DwcpError {
  const message = `${value} is not a whole number in 0 … ${limit}`;
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}

function tooLong(sizeBytes: number, maxBytes: number): DwcpError {
  const message = `a field of ${sizeBytes} bytes is above its limit of ${maxBytes}`;
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}
