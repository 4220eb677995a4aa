/** Transfers of a session in both directions. */
import {
  DwcpError,
  throwIfAborted,
  type BulkTransfer,
  type IncomingTransfer,
  type SendBulkOptions,
  type TransferReceipt,
} from '@dwcp/core';
import { coded, decodeFailure, encodeFailure } from '../machine/failure.ts';
import { frame, frameHeaderBytes, frameType, type FrameHeader } from '../machine/frame.ts';
import { Scheduler } from '../machine/scheduler.ts';
import { decodeCredit, decodeOffer, decodeSummary } from '../machine/transfer-frames.ts';
import { blockCharge, WindowPool } from '../machine/window.ts';
import { onAbort } from './abort.ts';
import { BlockSource } from './block-source.ts';
import { runHandler } from './handlers.ts';
import { HeaderSlab } from './headers.ts';
import { Receiving, type ReceivingHost } from './receiving.ts';
import { Sending, type SendingHost } from './sending.ts';
import type { Trunk } from './trunk.ts';

/** Transfers are numbered with 32 bits and numbers are not used again. */
const maxTransferId = 0xffff_ffff;

/** The `BulkTransfer` of a session. */
export class SessionBulk implements BulkTransfer {
  readonly #trunk: Trunk;
  readonly #scheduler = new Scheduler<Sending>();
  readonly #headers = new HeaderSlab();
  readonly #sending = new Map<number, Sending>();
  readonly #unoffered: Sending[] = [];
  readonly #receiving = new Map<number, Receiving>();
  readonly #sendingHost: SendingHost;
  readonly #receivingHost: ReceivingHost;
  #handler: ((transfer: IncomingTransfer) => void) | undefined;
  #lastSent = 0;
  #lastReceived = 0;

  constructor(trunk: Trunk) {
    this.#trunk = trunk;
    const { limits, codec } = trunk.settings;
    const scheduler = this.#scheduler;
    const control = (bytes: Uint8Array): void => trunk.control(bytes);
    this.#sendingHost = {
      get linkIdle() {
        return scheduler.linkIdle;
      },
      control,
      enqueue: (transfer) => {
        scheduler.enqueue(transfer);
        this.#flush();
      },
      remove: (transfer) => this.#forget(transfer),
    };
    this.#receivingHost = {
      codec,
      pool: new WindowPool(limits.windowBytes, blockCharge(limits.maxBlockBytes)),
      control,
      remove: (transfer) => this.#receiving.delete(transfer.number),
    };
  }

  async sendBulk(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    options: SendBulkOptions = {},
  ): Promise<TransferReceipt> {
    throwIfAborted(options.signal);
    if (this.#trunk.ended) throw this.#trunk.ended;
    const { settings, peer } = this.#trunk;
    if (this.#lastSent + this.#unoffered.length >= maxTransferId) {
      throw new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', 'the session has used all transfer numbers');
    }
    const { codec = settings.codec, meta = new Uint8Array(0), onProgress, onReleased } = options;
    if (meta.byteLength > peer.maxMetaBytes) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `meta has ${meta.byteLength} bytes, the peer's maxMetaBytes is ${peer.maxMetaBytes}`,
      );
    }
    const blockBytes = Math.min(settings.blockBytes, peer.maxBlockBytes, codec.maxRawBytes);
    const knownBytes = source instanceof Uint8Array ? source.byteLength : undefined;
    const totalBytes = options.totalBytes ?? knownBytes;
    const blocks = new BlockSource(source, blockBytes, onReleased);
    const transfer = new Sending(this.#sendingHost, blocks, {
      codec,
      meta,
      totalBytes,
      onProgress,
    });
    const forget = onAbort(options.signal, (error) => transfer.abort(error));
    this.#unoffered.push(transfer);
    this.#offerMore();
    return transfer.receipt.finally(forget);
  }

  onBulk(handler: (transfer: IncomingTransfer) => void): () => void {
    if (this.#handler !== undefined) {
      throw new DwcpError('ERR_DWCP_INVALID_STATE', 'onBulk has a handler already');
    }
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }

  /** A stream takes a block. */
  streamReady(stream: number): void {
    this.#scheduler.ready(stream);
    this.#flush();
  }

  /** Memory for a block whose header arrived; undefined when its transfer is over already. */
  admit(header: Readonly<FrameHeader>): Uint8Array | undefined {
    const { maxBlockBytes } = this.#trunk.settings.limits;
    if (header.rawBytes === 0 || header.rawBytes > maxBlockBytes) {
      throw malformed(`a block of ${header.rawBytes} bytes, allowed are 1 … ${maxBlockBytes}`);
    }
    if (header.sizeBytes > blockCharge(header.rawBytes)) {
      throw malformed(`a block of ${header.rawBytes} bytes takes ${header.sizeBytes} on the wire`);
    }
    return this.#incoming(header.id)?.admit(header.sequence, header.rawBytes, header.sizeBytes);
  }

  /** The payload of an admitted block is complete. */
  onBlock(stream: number, header: Readonly<FrameHeader>, payload: Uint8Array): void {
    const { sequence, rawBytes } = header;
    this.#receiving.get(header.id)?.onBlock(stream, { sequence, rawBytes, payload });
  }

  /** Takes a frame of types 16 … 22 other than a block. Throws when it is malformed. */
  onFrame(type: number, id: number, payload: Uint8Array): void {
    if (type === frameType.offer) this.#onOffer(id, payload);
    else if (type === frameType.end) this.#incoming(id)?.onEnd(decodeSummary(payload));
    else if (type === frameType.abort)
      this.#incoming(id)?.onAbort(decodeFailure(payload, 'the sender gave up'));
    else if (type === frameType.credit) this.#outgoing(id)?.onCredit(decodeCredit(payload));
    else if (type === frameType.done) this.#outgoing(id)?.onDone();
    else this.#outgoing(id)?.onStop(decodeFailure(payload, 'the receiver stopped the transfer'));
  }

  /** The session is over. */
  end(error: DwcpError): void {
    for (const transfer of this.#unoffered.splice(0)) transfer.onStop(error);
    for (const transfer of this.#sending.values()) transfer.onStop(error);
    for (const transfer of this.#receiving.values()) transfer.onAbort(error);
  }

  #flush(): void {
    for (;;) {
      const turn = this.#scheduler.next();
      if (turn === undefined) return;
      this.#sendBlock(turn.transfer, turn.stream);
    }
  }

  #sendBlock(transfer: Sending, stream: number): void {
    const block = transfer.takeBlock();
    if (block === undefined) return this.#scheduler.ready(stream);
    const { sequence, rawBytes, encoded, onSent } = block;
    const { sizeBytes, chunks } = encoded;
    const header = { type: frameType.block, id: transfer.id, sequence, rawBytes, sizeBytes };
    const more = this.#trunk.block(stream, {
      chunks: [this.#headers.write(header), ...chunks],
      sizeBytes: frameHeaderBytes + sizeBytes,
      onSent,
    });
    if (more) this.#scheduler.ready(stream);
    transfer.onSent(stream, block);
  }

  /** Offers what the peer has room for; the rest waits here. */
  #offerMore(): void {
    while (this.#sending.size < this.#trunk.peer.maxTransfers && !this.#trunk.ended) {
      const transfer = this.#unoffered.shift();
      if (transfer === undefined) return;
      this.#lastSent += 1;
      this.#sending.set(this.#lastSent, transfer);
      transfer.offer(this.#lastSent);
    }
  }

  #forget(transfer: Sending): void {
    this.#scheduler.remove(transfer);
    const at = this.#unoffered.indexOf(transfer);
    if (at >= 0) this.#unoffered.splice(at, 1);
    if (this.#sending.delete(transfer.id)) this.#offerMore();
  }

  #onOffer(id: number, payload: Uint8Array): void {
    const { limits, logger } = this.#trunk.settings;
    if (id !== this.#lastReceived + 1) {
      throw malformed(`transfer ${id} was offered after transfer ${this.#lastReceived}`);
    }
    this.#lastReceived = id;
    const offer = decodeOffer(payload, limits.maxMetaBytes);
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      return this.#trunk.control(frame(frameType.stop, id, encodeFailure(refusal)));
    }
    const transfer = new Receiving(this.#receivingHost, id, offer);
    this.#receiving.set(id, transfer);
    runHandler(
      () => this.#handler?.(transfer),
      (error) => {
        logger.log('error', 'a bulk handler threw', { error });
        transfer.fail(coded(error, 'the bulk handler threw'));
      },
    );
  }

  #refusal(): DwcpError | undefined {
    const { maxTransfers } = this.#trunk.settings.limits;
    if (this.#handler === undefined) {
      return new DwcpError('ERR_DWCP_REFUSED', 'nobody receives transfers here');
    }
    if (this.#receiving.size < maxTransfers) return undefined;
    return new DwcpError(
      'ERR_DWCP_BUSY',
      `${maxTransfers} transfers are open, the limit maxTransfers`,
    );
  }

  /** A transfer of the peer; undefined when it is over already. */
  #incoming(id: number): Receiving | undefined {
    if (id === 0 || id > this.#lastReceived) throw malformed(`transfer ${id} was never offered`);
    return this.#receiving.get(id);
  }

  /** A transfer of this side; undefined when it is over already. */
  #outgoing(id: number): Sending | undefined {
    if (id === 0 || id > this.#lastSent) throw malformed(`transfer ${id} was never offered by us`);
    return this.#sending.get(id);
  }
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', message);
}
