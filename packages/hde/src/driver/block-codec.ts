/** The block codec: checks, hashes, chooses, compresses, and checks again. */
import {
  type AbortOptions,
  type BlockCodec,
  type Clock,
  type DecodedBlock,
  type DecodeOptions,
  DwcpError,
  type EncodedBlock,
  type EncodeOptions,
  isDwcpError,
  throwIfAborted,
} from '@dwcp/core';
import { type Hasher, loadHasher } from '../checksum.ts';
import type { CodecInfo, Libraries } from '../codecs/libraries.ts';
import {
  type CodecName,
  frameHeaderBytes,
  type FrameHeader,
  readFrameHeader,
  writeFrameHeader,
} from '../frame.ts';
import { expectedEncodeNsPerByte, savesEnough } from '../machine/rungs.ts';
import type { Chooser, Chosen, Explanation } from './chooser.ts';
import { Gate } from './gate.ts';

/** A block codec that tells what it uses and why. */
export interface HdeCodec extends BlockCodec {
  /**
   * Resolves when the hash functions are compiled, about a millisecond after `hde()`. Until then
   * `encode` and `decode` return promises for every block; afterwards plain values for small ones.
   * Rejects with `ERR_DWCP_UNSUPPORTED` where WebAssembly is missing, as do `encode` and `decode`.
   */
  readonly ready: Promise<void>;
  /** The codecs and the libraries behind them. Reading it loads those not loaded yet. */
  readonly codecs: readonly CodecInfo[];
  /** What would be chosen for the next compressible block, and why. */
  explain(): Explanation;
}

/** What the codec is made of. */
export interface BlockCodecParts {
  readonly maxRawBytes: number;
  readonly maxParallelBlocks: number;
  readonly libraries: Libraries;
  readonly chooser: Chooser;
  readonly clock: Clock;
}

/**
 * Work expected to take longer goes to the libuv pool. The way there and back took 60 to 100 µs
 * where the times of the ladder were measured: with a second core free, shorter work gains nothing,
 * and the event loop does not feel it.
 */
const inlineLimitNs = 250_000;
/** Decoding times of the same blocks as in the ladder, nanoseconds per raw byte. */
const decodeNsPerByte: Readonly<Record<CodecName, number>> = { none: 0, lz4: 0.6, zstd: 1 };

/** Implements {@link HdeCodec}. */
export class HdeBlockCodec implements HdeCodec {
  readonly maxRawBytes: number;
  readonly ready: Promise<void>;
  readonly #libraries: Libraries;
  readonly #chooser: Chooser;
  readonly #clock: Clock;
  readonly #gate: Gate;
  #hasher: Hasher | undefined;

  constructor(parts: BlockCodecParts) {
    this.maxRawBytes = parts.maxRawBytes;
    this.#libraries = parts.libraries;
    this.#chooser = parts.chooser;
    this.#clock = parts.clock;
    this.#gate = new Gate(parts.maxParallelBlocks);
    this.ready = loadHasher().then((hasher) => {
      this.#hasher = hasher;
    });
    // Whoever waits for it sees the rejection; nobody has to.
    this.ready.catch(() => {});
  }

  get codecs(): readonly CodecInfo[] {
    return this.#libraries.describe();
  }

  explain(): Explanation {
    return this.#chooser.explain();
  }

  encode(block: Uint8Array, options: EncodeOptions = {}): EncodedBlock | Promise<EncodedBlock> {
    throwIfAborted(options.signal);
    if (block.byteLength > this.maxRawBytes) throw tooLarge(block.byteLength, this.maxRawBytes);
    const hasher = this.#hasher;
    if (hasher === undefined) return this.ready.then(() => this.encode(block, options));
    const chosen = this.#chooser.choose(block, options.hints);
    const expectedNs = block.byteLength * expectedEncodeNsPerByte(chosen.choice);
    if (expectedNs <= inlineLimitNs) return this.#compress(block, chosen, hasher, false);
    return this.#inPool(options, () => this.#compress(block, chosen, hasher, true));
  }

  decode(frame: Uint8Array, options: DecodeOptions = {}): DecodedBlock | Promise<DecodedBlock> {
    throwIfAborted(options.signal);
    const hasher = this.#hasher;
    if (hasher === undefined) return this.ready.then(() => this.decode(frame, options));
    const maxRawBytes = Math.min(options.maxRawBytes ?? this.maxRawBytes, this.maxRawBytes);
    const header = readFrameHeader(frame, maxRawBytes, hasher);
    const expectedNs = header.rawBytes * decodeNsPerByte[header.codec];
    if (expectedNs <= inlineLimitNs) return this.#decompress(frame, header, hasher, false);
    return this.#inPool(options, () => this.#decompress(frame, header, hasher, true));
  }

  #inPool<Result>({ signal }: AbortOptions, work: () => Result | Promise<Result>): Promise<Result> {
    return this.#gate.run(async () => {
      throwIfAborted(signal);
      const result = await work();
      throwIfAborted(signal);
      return result;
    });
  }

  #compress(
    block: Uint8Array,
    chosen: Chosen,
    hasher: Hasher,
    inPool: boolean,
  ): EncodedBlock | Promise<EncodedBlock> {
    const { codec, level } = chosen.choice;
    // Loading the library at its first use must not count as the cost of the block.
    const compressor = this.#libraries.compressor(codec);
    const startMs = this.#clock.nowMs();
    const finish = (stored: Uint8Array): EncodedBlock => {
      const rawBytes = block.byteLength;
      const storedBytes = stored.byteLength;
      chosen.observe({ rawBytes, storedBytes, encodeMs: this.#clock.nowMs() - startMs });
      const shrunk = savesEnough(rawBytes, storedBytes);
      return shrunk ? seal(block, codec, stored, hasher) : seal(block, 'none', block, hasher);
    };
    const stored = compressor.compress(block, level, inPool);
    return stored instanceof Promise ? stored.then(finish) : finish(stored);
  }

  #decompress(
    frame: Uint8Array,
    header: FrameHeader,
    hasher: Hasher,
    inPool: boolean,
  ): DecodedBlock | Promise<DecodedBlock> {
    const check = (bytes: Uint8Array): DecodedBlock => verify(bytes, header, hasher);
    const { codec, rawBytes } = header;
    try {
      const bytes = this.#libraries.decompressor(codec).decompress(frame, rawBytes, inPool);
      if (!(bytes instanceof Promise)) return check(bytes);
      return bytes
        .catch((cause: unknown) => {
          throw asDamage(cause, codec);
        })
        .then(check);
    } catch (cause) {
      throw asDamage(cause, codec);
    }
  }
}

function seal(
  block: Uint8Array,
  codec: CodecName,
  stored: Uint8Array,
  hasher: Hasher,
): EncodedBlock {
  const checksum = hasher.xxh64(block);
  const rawBytes = block.byteLength;
  const storedBytes = stored.byteLength;
  const header = writeFrameHeader({ codec, rawBytes, storedBytes, checksum }, hasher);
  const chunks = storedBytes === 0 ? [header] : [header, stored];
  return { chunks, sizeBytes: frameHeaderBytes + storedBytes, codec, checksum };
}

function verify(bytes: Uint8Array, header: FrameHeader, hasher: Hasher): DecodedBlock {
  if (bytes.byteLength !== header.rawBytes) {
    throw new DwcpError(
      'ERR_DWCP_MALFORMED',
      `a block decodes to ${bytes.byteLength} bytes instead of ${header.rawBytes}`,
    );
  }
  const checksum = hasher.xxh64(bytes);
  if (checksum !== header.checksum) {
    throw new DwcpError(
      'ERR_DWCP_CHECKSUM_MISMATCH',
      `a ${header.codec} block of ${header.rawBytes} bytes fails its XXH64`,
    );
  }
  return { bytes, checksum };
}

function asDamage(cause: unknown, codec: CodecName): unknown {
  if (isDwcpError(cause)) return cause;
  return new DwcpError('ERR_DWCP_MALFORMED', `the stored bytes are not valid ${codec}`, { cause });
}

function tooLarge(sizeBytes: number, maxRawBytes: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `a block of ${sizeBytes} bytes is above maxRawBytes (${maxRawBytes})`,
  );
}
