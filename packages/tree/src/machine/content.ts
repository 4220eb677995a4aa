/**
 * The content stream: the wanted files in the order of the wanted list, as a sequence of operations.
 * Layout in `docs/wire-format/tree.md`. Writing is done in place into large buffers, reading
 * incrementally from chunks of any size without copying the content.
 */
import { BinaryReader, BinaryWriter, DwcpError } from '@dwcp/core';

/** Operation codes on the wire. */
const operation = {
  finish: 0,
  whole: 1,
  begin: 2,
  data: 3,
  copy: 4,
  end: 5,
  skip: 6,
  abandon: 7,
  close: 8,
} as const;

/** Why a wanted file does not arrive. The position in this list is the number on the wire. */
const skipReasons = ['changed while it was read', 'could not be read', 'is gone'] as const;

/** One of {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number];

/** Size of the digest of {@link ContentSink.end}: SHA-256. */
const fileDigestBytes = 32;

/** Longest operation without its content bytes: a code and a digest. */
export const maxOperationBytes: number = 1 + fileDigestBytes;

/** Encodes one operation; the content of `whole` and `data` follows it directly. */
export const contentOperations = {
  finish: (): Uint8Array => encode(operation.finish),
  whole: (index: number, sizeBytes: number): Uint8Array =>
    encode(operation.whole, index, sizeBytes),
  begin: (index: number): Uint8Array => encode(operation.begin, index),
  data: (sizeBytes: number): Uint8Array => encode(operation.data, sizeBytes),
  copy: (first: number, count: number): Uint8Array => encode(operation.copy, first, count),
  skip: (index: number, reason: SkipReason): Uint8Array =>
    encode(operation.skip, index, skipReasons.indexOf(reason)),
  abandon: (reason: SkipReason): Uint8Array =>
    encode(operation.abandon, skipReasons.indexOf(reason)),
  close: (): Uint8Array => encode(operation.close),
  end: (digest: Uint8Array): Uint8Array =>
    new BinaryWriter(maxOperationBytes).uint8(operation.end).bytes(digest).finish(),
};

function encode(code: number, ...numbers: number[]): Uint8Array {
  const writer = new BinaryWriter(maxOperationBytes).uint8(code);
  for (const number of numbers) writer.varint(number);
  return writer.finish();
}

/** What the reader of a stream expects next: one wanted file. */
export interface ExpectedFile {
  /** Number of the entry in the tree list. */
  readonly index: number;
  /** Size in the tree list. */
  readonly sizeBytes: number;
  /** Sizes of the chunks that may be copied; empty when nothing was offered. */
  readonly chunkSizes: readonly number[];
}

/** Receives the operations of a stream, already checked against what was expected. */
export interface ContentSink {
  /**
   * A file starts; its bytes follow by `data` and `copy`, then `end` or `abandon`.
   */
  begin(file: ExpectedFile): void;
  /** The next bytes of the file; valid during the call. */
  data(bytes: Uint8Array): void;
  /** The next bytes of the file are these chunks of the offered ones. */
  copy(first: number, count: number): void;
  /**
   * The file is complete. `digest` is the SHA-256 of its content; absent where nothing was copied,
   * so that every byte was verified in its block.
   */
  end(digest: Uint8Array | undefined): void;
  /** The file that was begun is given up. */
  abandon(reason: SkipReason): void;
  /** The next file does not come. */
  skip(file: ExpectedFile, reason: SkipReason): void;
}

/** Reads a content stream; throws `ERR_DWCP_MALFORMED` at the first byte that is out of order. */
export class ContentParser {
  readonly #files: readonly ExpectedFile[];
  readonly #sink: ContentSink;
  /** Start of an operation whose rest has not arrived. */
  readonly #partial = new Uint8Array(maxOperationBytes);
  #partialBytes = 0;
  #next = 0;
  #open: ExpectedFile | undefined;
  #isWhole = false;
  #copied = false;
  #writtenBytes = 0;
  #dataBytes = 0;
  #finished = false;
  /** Stands while a chunk is taken, and for ever when that throws. */
  #failed = false;

  constructor(files: readonly ExpectedFile[], sink: ContentSink) {
    this.#files = files;
    this.#sink = sink;
  }

  /** True after the last operation. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Takes the next bytes of the stream. After an error nothing more is taken: it throws again. */
  push(chunk: Uint8Array): void {
    if (this.#failed) throw malformed('it was out of order before');
    this.#failed = true;
    let at = 0;
    while (at < chunk.byteLength) {
      at = this.#dataBytes > 0 ? this.#takeData(chunk, at) : this.#takeOperation(chunk, at);
    }
    this.#failed = false;
  }

  #takeData(chunk: Uint8Array, at: number): number {
    const end = Math.min(at + this.#dataBytes, chunk.byteLength);
    this.#dataBytes -= end - at;
    this.#sink.data(chunk.subarray(at, end));
    if (this.#isWhole && this.#dataBytes === 0) this.#close(undefined);
    return end;
  }

  #takeOperation(chunk: Uint8Array, at: number): number {
    if (this.#finished) throw malformed('bytes follow the end');
    if (this.#partialBytes === 0) {
      const size = operationSize(chunk.subarray(at, at + maxOperationBytes));
      if (size !== undefined) {
        this.#run(chunk.subarray(at, at + size));
        return at + size;
      }
    }
    return this.#takePartial(chunk, at);
  }

  #takePartial(chunk: Uint8Array, at: number): number {
    this.#partial[this.#partialBytes] = chunk[at] ?? 0;
    this.#partialBytes += 1;
    const size = operationSize(this.#partial.subarray(0, this.#partialBytes));
    if (size !== undefined) {
      this.#partialBytes = 0;
      this.#run(this.#partial.subarray(0, size));
    } else if (this.#partialBytes === maxOperationBytes) {
      throw malformed('an operation is too long');
    }
    return at + 1;
  }

  #run(bytes: Uint8Array): void {
    const reader = new BinaryReader(bytes);
    const code = reader.uint8();
    switch (code) {
      case operation.whole:
        return this.#whole(reader.varint(), reader.varint());
      case operation.begin:
        return this.#begin(reader.varint(), false);
      case operation.data:
        return this.#data(reader.varint());
      case operation.copy:
        return this.#copy(reader.varint(), reader.varint());
      case operation.end:
        return this.#close(reader.bytes(fileDigestBytes).slice());
      case operation.close:
        return this.#close(undefined);
      case operation.skip:
        return this.#sink.skip(this.#expect(reader.varint()), reasonOf(reader.varint()));
      case operation.abandon:
        return this.#abandon(reasonOf(reader.varint()));
      default:
        return this.#finish();
    }
  }

  #whole(index: number, sizeBytes: number): void {
    this.#begin(index, true);
    if (sizeBytes !== this.#open?.sizeBytes)
      throw malformed('a whole file has not the listed size');
    this.#dataBytes = sizeBytes;
    this.#writtenBytes = sizeBytes;
    if (sizeBytes === 0) this.#close(undefined);
  }

  #begin(index: number, isWhole: boolean): void {
    this.#open = this.#expect(index);
    this.#isWhole = isWhole;
    this.#writtenBytes = 0;
    this.#copied = false;
    this.#sink.begin(this.#open);
  }

  #data(sizeBytes: number): void {
    this.#grow(sizeBytes);
    if (sizeBytes === 0) throw malformed('an empty run of data');
    this.#dataBytes = sizeBytes;
  }

  #copy(first: number, count: number): void {
    const sizes = this.#open?.chunkSizes ?? [];
    if (count === 0 || first + count > sizes.length)
      throw malformed('a copy of chunks that were not offered');
    let sizeBytes = 0;
    for (let chunk = first; chunk < first + count; chunk += 1) sizeBytes += sizes[chunk] ?? 0;
    this.#grow(sizeBytes);
    this.#copied = true;
    this.#sink.copy(first, count);
  }

  #grow(sizeBytes: number): void {
    if (!this.#open) throw malformed('content outside a file');
    this.#writtenBytes += sizeBytes;
    if (this.#writtenBytes > this.#open.sizeBytes)
      throw malformed('a file grows beyond its listed size');
  }

  #close(digest: Uint8Array | undefined): void {
    if (!this.#open) throw malformed('the end of a file that was not begun');
    if (this.#writtenBytes !== this.#open.sizeBytes)
      throw malformed('a file ends before its listed size');
    if (this.#copied && !digest) throw malformed('a file with copies and without a digest');
    this.#open = undefined;
    this.#isWhole = false;
    this.#sink.end(digest);
  }

  #abandon(reason: SkipReason): void {
    if (!this.#open) throw malformed('a file is given up that was not begun');
    this.#open = undefined;
    this.#sink.abandon(reason);
  }

  #finish(): void {
    if (this.#open || this.#next < this.#files.length)
      throw malformed('the end comes before all files');
    this.#finished = true;
  }

  /** The next wanted file, which must be the one with this index. */
  #expect(index: number): ExpectedFile {
    const file = this.#files[this.#next];
    if (this.#open || file?.index !== index)
      throw malformed('a file that is not the next one wanted');
    this.#next += 1;
    return file;
  }
}

/** How many varints follow an operation code. */
const operands: readonly number[] = [0, 2, 1, 1, 2, 0, 2, 1, 0];

/** The size of the operation at the front of `bytes`, or undefined when its rest is missing. */
function operationSize(bytes: Uint8Array): number | undefined {
  const code = bytes[0] ?? 0;
  const count = operands[code];
  if (count === undefined) throw malformed(`unknown operation ${code}`);
  let size = 1;
  if (code === operation.end) size += fileDigestBytes;
  for (let operand = 0; operand < count; operand += 1) {
    while ((bytes[size] ?? 0) >= 0x80) size += 1;
    size += 1;
  }
  return size <= bytes.byteLength ? size : undefined;
}

function reasonOf(number: number): SkipReason {
  const reason = skipReasons[number];
  if (reason === undefined) throw malformed('an unknown reason');
  return reason;
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `content stream: ${message}`);
}
