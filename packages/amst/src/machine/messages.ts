/** Messages, requests and answers on the wire, and the requests that wait for an answer. */
import { BinaryReader, DwcpError } from '@dwcp/core';
import { frameHeaderBytes, writeFrameHeader, type frameType } from './frame.ts';

/** Longest channel name in UTF-8. */
export const maxChannelBytes = 255;

const utf8 = new TextEncoder();

/** What a message or request frame holds. */
export interface ChannelMessage {
  /** Name of the channel. */
  readonly channel: string;
  /** A view of the frame. */
  readonly body: Uint8Array;
}

/** The UTF-8 bytes of a channel name; `ERR_DWCP_INVALID_ARGUMENT` if it is empty or too long. */
export function encodeChannel(channel: string): Uint8Array {
  const bytes = utf8.encode(channel);
  if (bytes.byteLength > 0 && bytes.byteLength <= maxChannelBytes) return bytes;
  throw new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `a channel name has ${bytes.byteLength} bytes, allowed are 1 … ${maxChannelBytes}`,
  );
}

/**
 * A message or request frame in one piece. The body is copied, so that the caller may change it as
 * soon as `send` returns.
 */
export function messageFrame(
  type: typeof frameType.message | typeof frameType.request,
  id: number,
  channel: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  const sizeBytes = 1 + channel.byteLength + body.byteLength;
  const bytes = new Uint8Array(frameHeaderBytes + sizeBytes);
  writeFrameHeader(new DataView(bytes.buffer), 0, {
    type,
    id,
    sequence: 0,
    rawBytes: 0,
    sizeBytes,
  });
  bytes[frameHeaderBytes] = channel.byteLength;
  bytes.set(channel, frameHeaderBytes + 1);
  bytes.set(body, frameHeaderBytes + 1 + channel.byteLength);
  return bytes;
}

/** Splits the payload of a message or request frame. */
export function readMessage(payload: Uint8Array, maxMessageBytes: number): ChannelMessage {
  const reader = new BinaryReader(payload);
  // The length is one byte, not a varint, up to 255.
  const channelBytes = reader.bytes(reader.uint8());
  const channel = decodeChannel(channelBytes);
  const body = reader.bytes(reader.remainingBytes);
  if (body.byteLength <= maxMessageBytes) return { channel, body };
  throw new DwcpError(
    'ERR_DWCP_MALFORMED',
    `a message of ${body.byteLength} bytes is above the limit maxMessageBytes of ${maxMessageBytes}`,
  );
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function decodeChannel(bytes: Uint8Array): string {
  if (bytes.byteLength === 0) throw new DwcpError('ERR_DWCP_MALFORMED', 'a channel name is empty');
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new DwcpError('ERR_DWCP_MALFORMED', 'a channel name is not valid UTF-8', { cause });
  }
}

/** Requests of this side that wait for an answer. */
export class PendingRequests<Waiter> {
  readonly #waiters = new Map<number, Waiter>();
  #lastId = 0;
  #wrapped = false;

  /** Requests that wait. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Adds a request and returns its id, 1 … 2^32 - 1; ids are used again after all were used. */
  add(waiter: Waiter): number {
    do {
      this.#wrapped ||= this.#lastId === 0xffff_ffff;
      this.#lastId = this.#lastId === 0xffff_ffff ? 1 : this.#lastId + 1;
    } while (this.#waiters.has(this.#lastId));
    this.#waiters.set(this.#lastId, waiter);
    return this.#lastId;
  }

  /**
   * Takes the request that an answer belongs to; undefined when it was given up. An id that was
   * never used is malformed.
   */
  answered(id: number): Waiter | undefined {
    if (id === 0 || (id > this.#lastId && !this.#wrapped)) {
      throw new DwcpError('ERR_DWCP_MALFORMED', `an answer has id ${id}, which no request had`);
    }
    return this.forget(id);
  }

  /** Gives a request up and returns its waiter. */
  forget(id: number): Waiter | undefined {
    const waiter = this.#waiters.get(id);
    this.#waiters.delete(id);
    return waiter;
  }

  /** Gives all up, in the order in which they were added. */
  drain(): Waiter[] {
    const waiters = [...this.#waiters.values()];
    this.#waiters.clear();
    return waiters;
  }
}
