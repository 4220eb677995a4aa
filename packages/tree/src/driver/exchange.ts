/** Pairs what a peer sends about tree operations with who waits for it. One for each session. */
import { DwcpError, type IncomingTransfer, isDwcpError, type Session } from '@dwcp/core';
import {
  decodeMeta,
  decodeNotice,
  decodeQuestion,
  encodeNotice,
  type ManifestMeta,
  type Notice,
  type PullQuestion,
  treeChannel,
  type TransferMeta,
} from './notice.ts';
import type { TreeOutcome } from '../report.ts';

/** What the peer starts by itself. */
export interface ExchangeHandler {
  /** The peer wants to send a tree. */
  onPush(meta: ManifestMeta, transfer: IncomingTransfer): void;
  /** The peer wants to have a tree. What this throws is the answer. */
  onPull(question: PullQuestion): void;
}

const nobodyServes: ExchangeHandler = {
  onPush: (_meta, transfer) => transfer.refuse('this side serves no directory'),
  onPull() {
    throw new DwcpError('ERR_DWCP_REFUSED', 'this side serves no directory');
  },
};

interface Waiting {
  readonly resolve: (value: IncomingTransfer | TreeOutcome) => void;
  readonly reject: (error: DwcpError) => void;
}

/** Answers of the peer, by operation. */
export class Exchange {
  readonly #session: Session;
  #handler: ExchangeHandler = nobodyServes;
  /** By operation, then by type. */
  readonly #waiting = new Map<string, Map<string, Waiting>>();
  /** Operations that the peer gave up and this side has not ended yet. */
  readonly #failures = new Map<string, DwcpError>();

  constructor(session: Session) {
    this.#session = session;
    session.onBulk((transfer) => this.#onTransfer(transfer));
    session.onMessage(treeChannel, (message) => this.#onNotice(message));
    session.onRequest(treeChannel, (message) => {
      this.#handler.onPull(decodeQuestion(message));
      return new Uint8Array();
    });
    void session.closed.then((error) => this.#rejectAll(error));
  }

  /** Answers what the peer starts, until the returned function is called. */
  serve(handler: ExchangeHandler): () => void {
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = nobodyServes;
    };
  }

  /** The peer's transfer of this type; rejects when the peer or the session gives up. */
  transfer(id: string, type: TransferMeta['type']): Promise<IncomingTransfer> {
    return this.#wait(id, type) as Promise<IncomingTransfer>;
  }

  /** The peer's word that it has written everything. */
  outcome(id: string): Promise<TreeOutcome> {
    return this.#wait(id, 'done') as Promise<TreeOutcome>;
  }

  /** Sends a notice. */
  notify(notice: Notice): Promise<void> {
    return this.#session.send(treeChannel, encodeNotice(notice));
  }

  /** Asks the peer for a tree; resolves when it has agreed to send. */
  async ask(question: PullQuestion): Promise<void> {
    await this.#session.request(treeChannel, encodeNotice(question));
  }

  /**
   * Forgets an operation; who still waits for it gets `error`. Returns why the peer gave it up, if
   * it did: that explains a transfer that broke off better than the transfer itself can.
   */
  end(id: string, error: DwcpError): DwcpError | undefined {
    const failure = this.#failures.get(id);
    this.#failures.delete(id);
    this.#reject(id, failure ?? error);
    return failure;
  }

  #wait(id: string, type: string): Promise<IncomingTransfer | TreeOutcome> {
    const waiting = this.#waiting.get(id) ?? new Map<string, Waiting>();
    this.#waiting.set(id, waiting);
    const promise = new Promise<IncomingTransfer | TreeOutcome>((resolve, reject) => {
      // A peer chooses the ids of its operations: who waits already must not be forgotten.
      if (waiting.has(type)) reject(usedTwice());
      else waiting.set(type, { resolve, reject });
    });
    // Waiting starts before the question is asked: a failure in between is reported by the asker.
    promise.catch(() => {});
    return promise;
  }

  #take(id: string, type: string): Waiting | undefined {
    const found = this.#waiting.get(id)?.get(type);
    this.#waiting.get(id)?.delete(type);
    return found;
  }

  #onTransfer(transfer: IncomingTransfer): void {
    try {
      const meta = decodeMeta(transfer.meta);
      const waiting = this.#take(meta.id, meta.type);
      if (waiting) waiting.resolve(transfer);
      else if (meta.type === 'manifest') this.#handler.onPush(meta, transfer);
      else transfer.refuse('nobody waits for this transfer');
    } catch (error) {
      transfer.refuse(error instanceof Error ? error.message : 'unreadable');
    }
  }

  #onNotice(message: Uint8Array): void {
    try {
      this.#handle(decodeNotice(message));
    } catch (error) {
      void this.#session.close(isDwcpError(error) ? error : undefined);
    }
  }

  #handle(notice: Notice): void {
    if (notice.type === 'done') {
      this.#take(notice.id, 'done')?.resolve(notice.outcome);
      return;
    }
    const error = new DwcpError(notice.code, notice.message);
    if (this.#waiting.has(notice.id)) this.#failures.set(notice.id, error);
    this.#reject(notice.id, error);
  }

  #reject(id: string, error: DwcpError): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const { reject } of waiting?.values() ?? []) reject(error);
  }

  #rejectAll(error: DwcpError | undefined): void {
    const reason = error ?? new DwcpError('ERR_DWCP_CONNECTION_LOST', 'the session ended');
    for (const id of this.#waiting.keys()) this.#reject(id, reason);
  }
}

function usedTwice(): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', 'two operations of a session have the same id');
}
