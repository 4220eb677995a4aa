/** One payload on its way from the peer. */
import {
  DwcpError,
  throwIfAborted,
  type BlockCodec,
  type ChunksOptions,
  type DecodedBlock,
  type IncomingTransfer,
  type TransferProgress,
  type TransferReceipt,
} from '@dwcp/core';
import { coded, encodeFailure } from '../machine/failure.ts';
import { frame, frameHeaderBytes, frameType } from '../machine/frame.ts';
import { ReceiveMachine, type PlacedBlock } from '../machine/receive.ts';
import { encodeCredit, type Offer, type TransferSummary } from '../machine/transfer-frames.ts';
import type { WindowPool } from '../machine/window.ts';
import { onAbort } from './abort.ts';
import { BlockMemory } from './block-memory.ts';
import { deferred } from './deferred.ts';
import { Gate } from './gate.ts';
import { TransferDigest } from './transfer-digest.ts';

/** What a receiving transfer uses of its session. */
export interface ReceivingHost {
  /** Decodes blocks. */
  readonly codec: BlockCodec;
  /** The session's receive window. */
  readonly pool: WindowPool;
  /** Sends a frame on the first connection. */
  control(frame: Uint8Array): void;
  /** The transfer is over. */
  remove(transfer: Receiving): void;
}

/** A block frame as it came. */
export interface ArrivedBlock {
  /** Position in the transfer. */
  readonly sequence: number;
  /** Size after decoding, as the header said. */
  readonly rawBytes: number;
  /** The encoded block. */
  readonly payload: Uint8Array;
}

/** Blocks that a codec works on at the same time; bounds the memory of both forms of a block. */
const maxDecodesInFlight = 8;

const nothing = new Uint8Array(0);

/** Drives a {@link ReceiveMachine}: decodes, hands out in order, returns credit. */
export class Receiving implements IncomingTransfer {
  /** Number of the transfer in its session, chosen by the sender. */
  readonly number: number;
  readonly id: string;
  readonly meta: Uint8Array;
  readonly totalBytes: number | undefined;
  readonly #host: ReceivingHost;
  readonly #digest = new TransferDigest();
  readonly #machine: ReceiveMachine;
  readonly #memory = new BlockMemory();
  readonly #gate = new Gate();
  readonly #frames: ArrivedBlock[] = [];
  readonly #outcome = deferred<TransferReceipt>();
  #decoding = 0;
  #accepted = false;
  #asked = false;
  #borrow = false;
  #held: PlacedBlock | undefined;
  #failure: DwcpError | undefined;
  #finished = false;
  #forgetSignal: () => void = () => undefined;

  constructor(host: ReceivingHost, number: number, offer: Offer) {
    this.#host = host;
    this.number = number;
    this.id = Buffer.from(offer.transferId).toString('hex');
    this.meta = offer.meta;
    this.totalBytes = offer.totalBytes;
    this.#machine = new ReceiveMachine(host.pool, this.#digest, offer.totalBytes);
    // A receiver that only loops over the chunks learns of the failure there.
    this.#outcome.promise.catch(() => undefined);
  }

  get receipt(): Promise<TransferReceipt> {
    return this.#outcome.promise;
  }

  chunks(options: ChunksOptions = {}): AsyncIterable<Uint8Array> {
    if (this.#accepted) {
      throw new DwcpError('ERR_DWCP_INVALID_STATE', 'chunks() of a transfer is called once');
    }
    throwIfAborted(options.signal);
    this.#accepted = true;
    this.#borrow = options.borrow ?? false;
    if (this.#failure === undefined) {
      this.#forgetSignal = onAbort(options.signal, (error) => this.fail(error));
      this.#grant();
    }
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => this.#next(),
      return: async () => {
        this.fail(
          new DwcpError('ERR_DWCP_ABORTED', 'the receiver left the transfer before its end'),
        );
        return { done: true, value: undefined };
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  refuse(reason: string): void {
    this.fail(new DwcpError('ERR_DWCP_REFUSED', reason));
  }

  progress(): TransferProgress {
    return {
      transferredBytes: this.#machine.takenBytes,
      wireBytes: this.#machine.wireBytes,
      totalBytes: this.totalBytes,
    };
  }

  /** Memory for a block whose header arrived; throws `ERR_DWCP_MALFORMED` before it is reserved. */
  admit(sequence: number, rawBytes: number, payloadBytes: number): Uint8Array {
    this.#machine.admit(sequence, rawBytes, payloadBytes);
    return this.#memory.take(rawBytes, payloadBytes);
  }

  /** A block is complete. */
  onBlock(stream: number, block: ArrivedBlock): void {
    this.#machine.arrived(stream, frameHeaderBytes + block.payload.byteLength);
    this.#frames.push(block);
    this.#decodeMore();
  }

  /** END arrived. Throws `ERR_DWCP_MALFORMED`. */
  onEnd(summary: TransferSummary): void {
    if (!this.#accepted) throw new DwcpError('ERR_DWCP_MALFORMED', 'a transfer ended unaccepted');
    this.#machine.end(summary);
    this.#gate.open();
  }

  /** ABORT arrived, or the session is over: the peer needs no word. */
  onAbort(error: DwcpError): void {
    if (this.#failure !== undefined || this.#finished) return;
    this.#failure = error;
    this.#frames.length = 0;
    this.#close();
    this.#outcome.reject(error);
  }

  /** This side gives the transfer up; the peer is told. */
  fail(error: DwcpError): void {
    if (this.#failure !== undefined || this.#finished) return;
    this.onAbort(error);
    this.#host.control(frame(frameType.stop, this.number, encodeFailure(error)));
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#asked) {
      throw new DwcpError(
        'ERR_DWCP_INVALID_STATE',
        'next() was called before the last one resolved',
      );
    }
    this.#asked = true;
    try {
      return await this.#nextChunk();
    } finally {
      this.#asked = false;
    }
  }

  async #nextChunk(): Promise<IteratorResult<Uint8Array>> {
    this.#release();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#finished) return { done: true, value: undefined };
      const block = this.#machine.take();
      if (block !== undefined) {
        this.#held = block;
        return { done: false, value: block.bytes };
      }
      if (this.#machine.complete) this.#verify();
      else await this.#gate.wait();
    }
  }

  /** The consumer asked for more, so it is through with what it had. */
  #release(): void {
    const held = this.#held;
    if (held === undefined || this.#failure !== undefined) return;
    this.#held = undefined;
    this.#machine.release(held.bytes.byteLength);
    if (this.#borrow && held.frame !== undefined) this.#memory.give(held.frame);
    this.#grant();
  }

  #grant(): void {
    const limitBytes = this.#machine.creditDue();
    if (limitBytes === undefined) return;
    this.#host.control(frame(frameType.credit, this.number, encodeCredit(limitBytes)));
  }

  #decodeMore(): void {
    while (this.#decoding < maxDecodesInFlight) {
      const block = this.#frames.shift();
      if (block === undefined) return;
      this.#decode(block);
    }
  }

  #decode(block: ArrivedBlock): void {
    try {
      const decoded = this.#host.codec.decode(block.payload, { maxRawBytes: block.rawBytes });
      if (!(decoded instanceof Promise)) return this.#place(block, decoded);
      this.#decoding += 1;
      decoded
        .then((result) => this.#place(block, result))
        .catch((error: unknown) => this.fail(coded(error, 'a block could not be decoded')))
        .finally(() => {
          this.#decoding -= 1;
          this.#decodeMore();
        });
    } catch (error) {
      this.fail(coded(error, 'a block could not be decoded'));
    }
  }

  #place(block: ArrivedBlock, decoded: DecodedBlock): void {
    if (this.#failure !== undefined) return;
    if (decoded.bytes.byteLength !== block.rawBytes) {
      throw new DwcpError(
        'ERR_DWCP_MALFORMED',
        `block ${block.sequence} has ${decoded.bytes.byteLength} bytes, its header said ${block.rawBytes}`,
      );
    }
    const { bytes, checksum } = decoded;
    const shared = bytes.buffer === block.payload.buffer;
    if (!shared) this.#memory.give(block.payload);
    this.#machine.place(block.sequence, {
      bytes,
      checksum,
      frame: shared ? block.payload : undefined,
    });
    this.#gate.open();
  }

  #verify(): void {
    const digest = this.#digest.finish();
    const mismatch = this.#machine.mismatch(digest);
    if (mismatch !== undefined) return this.fail(mismatch);
    this.#finished = true;
    const { streams } = this.#machine;
    this.#close();
    this.#host.control(frame(frameType.done, this.number, nothing));
    const digestHex = Buffer.from(digest).toString('hex');
    const totalBytes = this.#machine.takenBytes;
    this.#outcome.resolve({ ...this.progress(), totalBytes, streams, digest: digestHex });
  }

  #close(): void {
    this.#forgetSignal();
    this.#machine.close();
    this.#memory.clear();
    this.#gate.open();
    this.#host.remove(this);
  }
}
