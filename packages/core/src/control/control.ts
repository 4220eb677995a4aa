/**
 * Control messages: small structured values on the wire as MessagePack, by msgpackr, behind a size
 * limit and a structure check.
 */
// The entry without streams and native code: it loads in a third of the time and is all we need.
import { Packr } from 'msgpackr/pack';
import { DwcpError, isDwcpError } from '../errors.ts';
import { scanControl } from './scan.ts';

/**
 * What a control message can hold. Integers reach ± (2^53 - 1): a larger one is refused on both
 * sides and never rounded, so send it as text or bytes. Objects are plain, their keys any string
 * but `__proto__`; `undefined`, `Date`, functions and large bigints have no place here.
 */
export type ControlValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ControlValue[]
  | { readonly [key: string]: ControlValue };

/** Options of {@link encodeControl} and {@link decodeControl}. */
export interface ControlOptions {
  /** Largest encoded message, bytes. @default 65536 */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 64 * 1024;

// Plain maps instead of msgpackr's records: records are an extension with state in the decoder.
// Bytes are copied: the memory of a received message belongs to the transport.
const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  int64AsType: 'number',
  copyBuffers: true,
});

/**
 * Encodes a {@link ControlValue}; what it returns passes the check of {@link decodeControl}. The
 * parameter is `unknown` because an interface is not assignable to a type with an index signature.
 * Throws `ERR_DWCP_INVALID_ARGUMENT` for a value that has no place in a control message, and
 * `ERR_DWCP_LIMIT_EXCEEDED` above `maxBytes` or 32 levels of nesting.
 *
 * @example
 * ```ts
 * import { decodeControl, encodeControl } from '@dwcp/core';
 *
 * const bytes = encodeControl({ kind: 'offer', sizes: [1, 2], digest: new Uint8Array([7]) });
 * decodeControl(bytes); // => { kind: 'offer', sizes: [1, 2], digest: new Uint8Array([7]) }
 * ```
 */
export function encodeControl(value: unknown, options: ControlOptions = {}): Uint8Array {
  const bytes = pack(value);
  checkSize(bytes, options);
  try {
    scanControl(bytes);
  } catch (cause) {
    if (!isDwcpError(cause, 'ERR_DWCP_MALFORMED')) throw cause;
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `the value is no control value: ${cause.message}`,
      { cause },
    );
  }
  // A copy of its own: msgpackr returns a view of a large buffer that it goes on to fill.
  return new Uint8Array(bytes);
}

/**
 * Decodes a message of a peer. The structure is checked first: counts fit the bytes, at most 32
 * levels, valid UTF-8, no extension types, string keys only. Of two equal keys the last one counts.
 * The result shares no memory with `bytes`. Throws `ERR_DWCP_MALFORMED`, or
 * `ERR_DWCP_LIMIT_EXCEEDED` above `maxBytes` or 32 levels of nesting.
 */
export function decodeControl(bytes: Uint8Array, options: ControlOptions = {}): ControlValue {
  checkSize(bytes, options);
  scanControl(bytes);
  try {
    return packr.unpack(bytes);
  } catch (cause) {
    throw new DwcpError('ERR_DWCP_MALFORMED', 'control message: msgpackr refused it', { cause });
  }
}

function pack(value: unknown): Uint8Array {
  try {
    return packr.pack(value);
  } catch (cause) {
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      'the value is no control value: msgpackr refused it',
      { cause },
    );
  }
}

function checkSize(bytes: Uint8Array, options: ControlOptions): void {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  if (bytes.byteLength <= maxBytes) return;
  throw new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `a control message of ${bytes.byteLength} bytes is above its limit of ${maxBytes} (maxBytes)`,
  );
}
