/** Tree operations over sessions: pushes and pulls of this side, and answers to those of the peer. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import {
  abortedError,
  DwcpError,
  type IncomingTransfer,
  isDwcpError,
  type Session,
  throwIfAborted,
} from '@dwcp/core';
import { type Disk, DiskPool } from '../disk/client.ts';
import type { ScanAnswer } from '../disk/methods.ts';
import { splitPath } from '../machine/path.ts';
import type {
  PullOptions,
  PushOptions,
  ServedOperation,
  ServeOptions,
  TreeOptionsResolved,
  TreeService,
} from '../options.ts';
import type { TreeOutcome, TreeProgress, TreeReport } from '../report.ts';
import { Exchange } from './exchange.ts';
import { Reservations } from './reservations.ts';
import { receiveTree } from './receive.ts';
import { sendTree } from './send.ts';

interface Operation {
  readonly id: string;
  readonly disk: Disk;
}

/** An operation of the peer. */
interface Answer {
  readonly session: Session;
  readonly exchange: Exchange;
  readonly id: string;
  readonly kind: 'push' | 'pull';
  readonly path: string;
  readonly tell: (operation: ServedOperation) => void;
}

interface OwnOperation extends Operation {
  readonly exchange: Exchange;
}

/** Implementation of {@link TreeService}. */
export class Service implements TreeService {
  readonly #options: TreeOptionsResolved;
  readonly #disks = new DiskPool();
  readonly #reservations = new Reservations();
  readonly #exchanges = new WeakMap<Session, Exchange>();

  constructor(options: TreeOptionsResolved) {
    this.#options = options;
    this.#disks.warm();
  }

  async push(session: Session, options: PushOptions): Promise<TreeReport> {
    const meter = new Meter(session, options.onProgress);
    let skipped: ScanAnswer['skipped'] = { count: 0, first: [] };
    const outcome = await this.#operate(session, options.signal, async ({ exchange, disk, id }) => {
      const scan = await disk.call('scan', {
        root: resolve(options.path),
        limits: this.#options.limits,
      });
      skipped = scan.skipped;
      const context = {
        ...this.#context(session, exchange, disk, options.signal),
        onProgress: meter.report,
      };
      return sendTree(context, id, options.destination, scan);
    });
    return meter.result(outcome, skipped);
  }

  async pull(session: Session, options: PullOptions): Promise<TreeReport> {
    const meter = new Meter(session, options.onProgress);
    const outcome = await this.#operate(session, options.signal, async ({ exchange, disk, id }) => {
      const arrives = exchange.transfer(id, 'manifest');
      await exchange.notify({ type: 'pull', id, path: options.path });
      const manifest = await arrives;
      const context = {
        ...this.#context(session, exchange, disk, options.signal),
        onProgress: meter.report,
      };
      return receiveTree(context, id, manifest, { root: resolve(options.target), destination: '' });
    });
    return meter.result(outcome, { count: 0, first: [] });
  }

  serve(session: Session, { onOperation, root }: ServeOptions): () => void {
    const base = resolve(root);
    const tell = onOperation ?? (() => {});
    return this.#exchange(session).serve({
      onPush: ({ destination, id }, transfer, exchange) => {
        const answer = { session, exchange, id, kind: 'push', path: destination, tell } as const;
        void this.#answer(answer, (disk) => this.#acceptPush(answer, disk, base, transfer));
      },
      onPull: ({ id, path }, exchange) => {
        const answer = { session, exchange, id, kind: 'pull', path, tell } as const;
        void this.#answer(answer, (disk) => this.#answerPull(answer, disk, base));
      },
    });
  }

  stop(): Promise<void> {
    return this.#disks.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #exchange(session: Session): Exchange {
    const found = this.#exchanges.get(session);
    if (found) return found;
    const made = new Exchange(session);
    this.#exchanges.set(session, made);
    return made;
  }

  #context(session: Session, exchange: Exchange, disk: Disk, signal: AbortSignal | undefined) {
    const { limits, chunker, durable } = this.#options;
    const tellFailure = async (id: string, error: unknown): Promise<void> => {
      await this.#giveUp(exchange, id, error);
    };
    return {
      session,
      exchange,
      disk,
      limits,
      chunker,
      durable,
      signal,
      onProgress: undefined,
      tellFailure,
    };
  }

  /** Runs an operation of this side with a disk worker of its own, and tells the peer when it fails. */
  async #operate(
    session: Session,
    signal: AbortSignal | undefined,
    run: (operation: OwnOperation) => Promise<TreeOutcome>,
  ): Promise<TreeOutcome> {
    throwIfAborted(signal);
    const exchange = this.#exchange(session);
    const operation = { exchange, disk: this.#disks.take(), id: randomBytes(16).toString('hex') };
    const onAbort = (): void => {
      if (signal) exchange.end(operation.id, abortedError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await run(operation);
    } catch (error) {
      throw await this.#giveUp(exchange, operation.id, error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await this.#disks.release(operation.disk);
    }
  }

  async #acceptPush(
    { exchange, id, path, session }: Answer,
    disk: Disk,
    root: string,
    transfer: IncomingTransfer,
  ): Promise<TreeOutcome> {
    splitPath(path, process.platform);
    const context = this.#context(session, exchange, disk, undefined);
    return this.#reservations.hold(`${root}/${path}`, () =>
      receiveTree(context, id, transfer, { root, destination: path }),
    );
  }

  async #answerPull(
    { exchange, id, path, session }: Answer,
    disk: Disk,
    root: string,
  ): Promise<TreeOutcome> {
    const below = splitPath(path, process.platform);
    const scan = await disk.call('scan', { root, below, limits: this.#options.limits });
    return sendTree(this.#context(session, exchange, disk, undefined), id, '', scan);
  }

  /** Runs an operation of the peer, inside the limit of operations. Never rejects. */
  async #answer(answer: Answer, run: (disk: Disk) => Promise<TreeOutcome>): Promise<void> {
    const { exchange, id, kind, path, session, tell } = answer;
    const { maxOperations } = this.#options.limits;
    if (!this.#reservations.enter(session, maxOperations)) {
      const busy = new DwcpError(
        'ERR_DWCP_BUSY',
        `a peer may have ${maxOperations} tree operations at a time`,
      );
      tell({ kind, path, outcome: undefined, error: await this.#giveUp(exchange, id, busy) });
      return;
    }
    const disk = this.#disks.take();
    let ended: ServedOperation;
    try {
      ended = { kind, path, outcome: await run(disk), error: undefined };
    } catch (error) {
      ended = { kind, path, outcome: undefined, error: await this.#giveUp(exchange, id, error) };
    }
    this.#reservations.leave(session);
    await this.#disks.release(disk);
    tell(ended);
  }

  /** Tells the peer that an operation failed, if it can still be told. */
  async #giveUp(exchange: Exchange, id: string, cause: unknown): Promise<DwcpError> {
    const error = asDwcpError(cause);
    exchange.end(id, error);
    const { code, message } = error;
    // The session may be what failed: then the peer knows.
    await exchange
      .notify({ type: 'failed', id, code, message: message.slice(0, 1000) })
      .catch(() => {});
    return error;
  }
}

function asDwcpError(error: unknown): DwcpError {
  return isDwcpError(error) ? error : new DwcpError('ERR_DWCP_IO', String(error), { cause: error });
}

/** Counts time and wire bytes of one operation. */
class Meter {
  readonly #session: Session;
  readonly #onProgress: ((progress: TreeProgress) => void) | undefined;
  readonly #startMs = performance.now();
  readonly #startBytes: number;
  #streams = 0;

  constructor(session: Session, onProgress: ((progress: TreeProgress) => void) | undefined) {
    this.#session = session;
    this.#onProgress = onProgress;
    this.#startBytes = this.#totalBytes();
  }

  readonly report = (progress: Omit<TreeProgress, 'wireBytes'>): void => {
    this.#onProgress?.({ ...progress, wireBytes: this.#totalBytes() - this.#startBytes });
  };

  result(outcome: TreeOutcome, skipped: ScanAnswer['skipped']): TreeReport {
    return {
      ...outcome,
      wireBytes: this.#totalBytes() - this.#startBytes,
      streams: this.#streams,
      elapsedMs: performance.now() - this.#startMs,
      skipped: skipped.first,
      skippedCount: skipped.count,
    };
  }

  #totalBytes(): number {
    const { connections, receivedBytes, sentBytes } = this.#session.stats();
    this.#streams = Math.max(this.#streams, connections);
    return sentBytes + receivedBytes;
  }
}
