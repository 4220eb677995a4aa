/** Cuts a byte stream into frames. */
import { frameHeaderBytes, readFrameHeader, type FrameHeader } from './frame.ts';

/** Receives what a {@link FrameParser} finds. What it throws leaves `push`. */
export interface FrameSink {
  /**
   * A header arrived and its check holds. Returns memory of exactly `sizeBytes` for the payload,
   * or undefined to skip the payload. Limits are checked here, before memory is reserved.
   * `header` is reused for the next frame.
   */
  onHeader(header: Readonly<FrameHeader>): Uint8Array | undefined;
  /** The payload of the last header is complete; not called for skipped payloads. */
  onFrame(header: Readonly<FrameHeader>, payload: Uint8Array): void;
}

/**
 * An incremental parser: takes chunks cut at any byte, copies each payload byte once, to where the
 * sink wants it, and allocates nothing itself per chunk that lies inside one payload.
 */
export class FrameParser {
  readonly #sink: FrameSink;
  readonly #header: FrameHeader = { type: 0, id: 0, sequence: 0, rawBytes: 0, sizeBytes: 0 };
  readonly #head = new Uint8Array(frameHeaderBytes);
  readonly #view = new DataView(this.#head.buffer);
  #headBytes = 0;
  #payload: Uint8Array | undefined;
  #missingBytes = 0;
  #stopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes of the stream; they are not kept. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength && !this.#stopped) {
      at = this.#missingBytes > 0 ? this.#takePayload(chunk, at) : this.#takeHead(chunk, at);
    }
  }

  /** Drops everything from now on, also the rest of a chunk that is being pushed. */
  stop(): void {
    this.#stopped = true;
    this.#payload = undefined;
  }

  #takeHead(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.byteLength && this.#headBytes < frameHeaderBytes) {
      this.#head[this.#headBytes++] = chunk[at++] ?? 0;
    }
    if (this.#headBytes < frameHeaderBytes) return at;
    this.#headBytes = 0;
    readFrameHeader(this.#view, this.#header);
    this.#payload = this.#sink.onHeader(this.#header);
    this.#missingBytes = this.#header.sizeBytes;
    if (this.#missingBytes === 0) this.#finish();
    return at;
  }

  #takePayload(chunk: Uint8Array, from: number): number {
    const to = Math.min(chunk.byteLength, from + this.#missingBytes);
    const part = from === 0 && to === chunk.byteLength ? chunk : chunk.subarray(from, to);
    this.#payload?.set(part, this.#header.sizeBytes - this.#missingBytes);
    this.#missingBytes -= to - from;
    if (this.#missingBytes === 0) this.#finish();
    return to;
  }

  #finish(): void {
    const payload = this.#payload;
    this.#payload = undefined;
    if (payload !== undefined && !this.#stopped) this.#sink.onFrame(this.#header, payload);
  }
}
