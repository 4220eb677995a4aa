/** One payload on its way to the peer. */
import { randomBytes } from 'node:crypto';
import {
  DwcpError,
  type BlockCodec,
  type EncodedBlock,
  type SendBulkOptions,
  type TransferProgress,
  type TransferReceipt,
} from '@dwcp/core';
import { coded, encodeFailure } from '../machine/failure.ts';
import { frame, frameHeaderBytes, frameType } from '../machine/frame.ts';
import { SendMachine } from '../machine/send.ts';
import { encodeOffer, encodeSummary, transferIdBytes } from '../machine/transfer-frames.ts';
import { blockCharge } from '../machine/window.ts';
import type { BlockSource, SourceBlock } from './block-source.ts';
import { deferred } from './deferred.ts';
import { Gate } from './gate.ts';
import { TransferDigest } from './transfer-digest.ts';

/** What a sending transfer uses of its session. */
export interface SendingHost {
  /** True when the next encoded block leaves at once. */
  readonly linkIdle: boolean;
  /** Sends a frame on the first connection. */
  control(frame: Uint8Array): void;
  /** One more block waits for a stream. */
  enqueue(transfer: Sending): void;
  /** The transfer is over. */
  remove(transfer: Sending): void;
}

/** A block that waits for a stream. */
export interface WaitingBlock {
  /** Position in the transfer. */
  readonly sequence: number;
  /** Size before encoding. */
  readonly rawBytes: number;
  /** What travels. */
  readonly encoded: EncodedBlock;
  /** Called when the memory of the block is free again. */
  readonly onSent: (() => void) | undefined;
}

/** The settled parameters of a transfer. */
export interface SendingOptions {
  /** Encodes blocks. */
  readonly codec: BlockCodec;
  /** For the receiver's decision. */
  readonly meta: Uint8Array;
  /** Payload size if it is known. */
  readonly totalBytes: number | undefined;
  /** Called after each block. */
  readonly onProgress: SendBulkOptions['onProgress'];
}

/** Blocks between source and stream: enough to keep a pool of encoders busy, few enough to hold. */
const maxBlocksInFlight = 8;

/** Drives a {@link SendMachine}: reads the source, encodes, and feeds the scheduler. */
export class Sending {
  readonly #host: SendingHost;
  readonly #source: BlockSource;
  readonly #options: SendingOptions;
  readonly #digest = new TransferDigest();
  readonly #machine: SendMachine;
  readonly #gate = new Gate();
  readonly #waiting: WaitingBlock[] = [];
  readonly #outcome = deferred<TransferReceipt>();
  #digestHex = '';
  #id = 0;
  #over = false;

  constructor(host: SendingHost, source: BlockSource, options: SendingOptions) {
    this.#host = host;
    this.#source = source;
    this.#options = options;
    this.#machine = new SendMachine(this.#digest, options.totalBytes, maxBlocksInFlight);
  }

  /** Resolves when the peer has everything. */
  get receipt(): Promise<TransferReceipt> {
    return this.#outcome.promise;
  }

  /** Number of the transfer in its session; 0 before it was offered. */
  get id(): number {
    return this.#id;
  }

  /** Offers the transfer under `id`. */
  offer(id: number): void {
    this.#id = id;
    const { totalBytes, meta } = this.#options;
    const transferId = randomBytes(transferIdBytes);
    this.#host.control(frame(frameType.offer, id, encodeOffer({ transferId, totalBytes, meta })));
  }

  /** CREDIT arrived. */
  onCredit(limitBytes: number): void {
    const accepted = this.#machine.phase === 'offered';
    this.#machine.credit(limitBytes);
    if (accepted) void this.#pump();
    this.#gate.open();
  }

  /** DONE arrived. */
  onDone(): void {
    this.#machine.done();
    this.#finish();
    this.#outcome.resolve({
      ...this.#progress(),
      totalBytes: this.#machine.sentBytes,
      streams: this.#machine.streams,
      digest: this.#digestHex,
    });
  }

  /** STOP arrived, or the session is over: the peer needs no word. */
  onStop(error: unknown): void {
    if (this.#over) return;
    this.#finish();
    this.#outcome.reject(error);
  }

  /** This side gives the transfer up; the peer is told. */
  abort(error: unknown): void {
    if (this.#over) return;
    this.onStop(error);
    if (this.#id === 0) return;
    const failure = encodeFailure(coded(error, 'the source failed'));
    this.#host.control(frame(frameType.abort, this.#id, failure));
  }

  /** The next block for a stream; there is one for each `enqueue`. */
  takeBlock(): WaitingBlock | undefined {
    return this.#waiting.shift();
  }

  /** A block was handed to a stream. */
  onSent(stream: number, block: WaitingBlock): void {
    this.#machine.sent(stream, block.rawBytes, frameHeaderBytes + block.encoded.sizeBytes);
    this.#gate.open();
    try {
      this.#options.onProgress?.(this.#progress());
    } catch (error) {
      this.abort(error);
    }
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const block = await this.#source.next();
        if (this.#over || block === undefined) break;
        await this.#until(() => this.#machine.hasRoom(block.bytes.byteLength));
        if (this.#over) return;
        this.#encode(block);
      }
      await this.#until(() => this.#machine.drained);
      if (!this.#over) this.#end();
    } catch (error) {
      this.abort(error);
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#over && !holds()) await this.#gate.wait();
  }

  #encode(block: SourceBlock): void {
    const { bytes } = block;
    const sequence = this.#machine.reserve(bytes.byteLength);
    const hints = { linkIdle: this.#host.linkIdle };
    const encoded = this.#options.codec.encode(bytes, { hints });
    if (!(encoded instanceof Promise)) return this.#encoded(sequence, block, encoded);
    encoded
      .then((result) => this.#encoded(sequence, block, result))
      .catch((error: unknown) => this.abort(error));
  }

  #encoded(sequence: number, { bytes, onSent }: SourceBlock, encoded: EncodedBlock): void {
    if (this.#over) return;
    const rawBytes = bytes.byteLength;
    if (encoded.sizeBytes > blockCharge(rawBytes)) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `the codec made ${encoded.sizeBytes} bytes of a block of ${rawBytes}, at most 1024 more are allowed`,
      );
    }
    this.#machine.encoded(sequence, rawBytes, encoded.checksum);
    this.#waiting.push({ sequence, rawBytes, encoded, onSent });
    this.#host.enqueue(this);
  }

  #end(): void {
    this.#machine.end();
    const digest = this.#digest.finish();
    this.#digestHex = Buffer.from(digest).toString('hex');
    const summary = encodeSummary({ ...this.#machine.totals, digest });
    this.#host.control(frame(frameType.end, this.#id, summary));
  }

  #finish(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#source.cancel();
    this.#gate.open();
    this.#host.remove(this);
  }

  #progress(): TransferProgress {
    return {
      transferredBytes: this.#machine.sentBytes,
      wireBytes: this.#machine.wireBytes,
      totalBytes: this.#options.totalBytes,
    };
  }
}
