/**
 * Checks the structure of a MessagePack message without building anything, so that the decoder
 * behind it never reserves memory for a count that the bytes cannot hold.
 * Format: https://github.com/msgpack/msgpack/blob/master/spec.md
 */
import { isUtf8 } from 'node:buffer';
import { DwcpError } from '../errors.ts';

/** Deepest nesting of arrays and maps. Control messages are flat; 32 leaves room and fits any stack. */
const maxControlDepth = 32;

/** Throws `ERR_DWCP_MALFORMED` or `ERR_DWCP_LIMIT_EXCEEDED` unless `bytes` are one allowed value. */
export function scanControl(bytes: Uint8Array): void {
  new Scan(bytes).run();
}

const forbiddenKey = new TextEncoder().encode('__proto__');

class Scan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #depth = 0;
  /** Items that are still to come, at each depth; a map counts its keys and values. */
  readonly #left: number[] = [1];
  /** Whether the container at each depth is a map. */
  readonly #isMap: boolean[] = [false];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): void {
    while (this.#depth >= 0) {
      const left = this.#left[this.#depth] ?? 0;
      if (left === 0) {
        this.#depth -= 1;
        continue;
      }
      this.#left[this.#depth] = left - 1;
      // An even number of items left in a map: a key comes next.
      if (this.#isMap[this.#depth] === true && left % 2 === 0) this.#key();
      else this.#value();
    }
    const rest = this.#bytes.byteLength - this.#at;
    if (rest > 0) throw malformed(`${rest} bytes follow the value`);
  }

  #key(): void {
    const sizeBytes = this.#textSize(this.#uint8());
    if (sizeBytes === undefined)
      throw malformed(`a map key is not a string, at byte ${this.#at - 1}`);
    const key = this.#text(sizeBytes);
    if (
      key.byteLength === forbiddenKey.byteLength &&
      key.every((byte, at) => byte === forbiddenKey[at])
    ) {
      throw malformed('a map has the key __proto__');
    }
  }

  #value(): void {
    const type = this.#uint8();
    if (type < 0x80 || type >= 0xe0) return;
    if (type < 0x90) return this.#open(type & 0x0f, true);
    if (type < 0xa0) return this.#open(type & 0x0f, false);
    const textSize = this.#textSize(type);
    if (textSize !== undefined) this.#text(textSize);
    else this.#wide(type);
  }

  /** The types of 0xc0 … 0xdf other than strings. */
  #wide(type: number): void {
    switch (type) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#skip(this.#uint(2 ** (type - 0xc4)));
      case 0xca:
      case 0xcb:
        return this.#skip(type === 0xca ? 4 : 8);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#skip(2 ** (type - 0xcc));
      case 0xcf:
      case 0xd3:
        return this.#int64(type === 0xd3);
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.#skip(2 ** (type - 0xd0));
      case 0xdc:
      case 0xdd:
        return this.#open(this.#uint(type === 0xdc ? 2 : 4), false);
      case 0xde:
      case 0xdf:
        return this.#open(this.#uint(type === 0xde ? 2 : 4), true);
      default:
        throw malformed(`type 0x${type.toString(16)} is not allowed, at byte ${this.#at - 1}`);
    }
  }

  /** Size of the string that starts with `type`, or undefined if it starts none. */
  #textSize(type: number): number | undefined {
    if (type >= 0xa0 && type < 0xc0) return type & 0x1f;
    if (type >= 0xd9 && type <= 0xdb) return this.#uint(2 ** (type - 0xd9));
    return undefined;
  }

  #text(sizeBytes: number): Uint8Array {
    const start = this.#at;
    this.#skip(sizeBytes);
    const text = this.#bytes.subarray(start, this.#at);
    if (!isUtf8(text)) throw malformed(`a string is not valid UTF-8, at byte ${start}`);
    return text;
  }

  #int64(signed: boolean): void {
    const start = this.#at;
    this.#skip(8);
    const value = signed ? this.#view.getBigInt64(start) : this.#view.getBigUint64(start);
    if (BigInt.asIntN(54, value) === value && value !== -(2n ** 53n)) return;
    throw malformed(`a 64-bit integer is outside ±(2^53 - 1), at byte ${start - 1}`);
  }

  /** Enters an array or a map. Every item takes at least one byte, so the count is bounded by the rest. */
  #open(count: number, isMap: boolean): void {
    const items = isMap ? count * 2 : count;
    const restBytes = this.#bytes.byteLength - this.#at;
    if (items > restBytes)
      throw malformed(`truncated: ${items} items announced, ${restBytes} bytes left`);
    if (this.#depth === maxControlDepth) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `arrays and maps are nested deeper than ${maxControlDepth}`,
      );
    }
    this.#depth += 1;
    this.#left[this.#depth] = items;
    this.#isMap[this.#depth] = isMap;
  }

  #uint8(): number {
    return this.#uint(1);
  }

  #uint(sizeBytes: number): number {
    const at = this.#at;
    this.#skip(sizeBytes);
    if (sizeBytes === 1) return this.#view.getUint8(at);
    return sizeBytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(sizeBytes: number): void {
    const restBytes = this.#bytes.byteLength - this.#at;
    if (sizeBytes > restBytes)
      throw malformed(`truncated: ${sizeBytes} bytes wanted, ${restBytes} left`);
    this.#at += sizeBytes;
  }
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `control message: ${message}`);
}
