/** Tree operations over sessions: pushes and pulls of this side, and answers to those of the peer. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import {
  abortedError,
  DwcpError,
  guardCall,
  type IncomingTransfer,
  isDwcpError,
  type Session,
  throwIfAborted,
} from '@dwcp/core';
import type { Disk } from '../disk/disk.ts';
import { DiskPool } from '../disk/pool.ts';
import type { Problems } from '../disk/methods.ts';
import { splitPath } from '../machine/path.ts';
import type {
  PullOptions,
  PushOptions,
  ServedOperation,
  ServeOptions,
  TreeOptionsResolved,
  TreeService,
} from '../options.ts';
import type { TreeOutcome, TreeReport } from '../report.ts';
import type { OperationContext } from './context.ts';
import { Exchange } from './exchange.ts';
import { Meter } from './meter.ts';
import { receiveTree } from './receive.ts';
import { Reservations } from './reservations.ts';
import { sendTree } from './send.ts';

/** Longest reason that is told to a peer. */
const maxReasonLength = 1000;

/** An operation of the peer. */
interface Answer {
  readonly session: Session;
  readonly id: string;
  readonly kind: 'push' | 'pull';
  readonly path: string;
  readonly tell: (operation: ServedOperation) => void;
  /** Ends the peer's transfer that nobody reads. */
  readonly refuse: (reason: string) => void;
}

/** Implementation of {@link TreeService}. */
export class Service implements TreeService {
  readonly #options: TreeOptionsResolved;
  readonly #disks: DiskPool;
  readonly #reservations = new Reservations();
  readonly #exchanges = new WeakMap<Session, Exchange>();

  constructor(options: TreeOptionsResolved) {
    this.#options = options;
    this.#disks = new DiskPool(options.diskThreads);
    this.#disks.warm();
  }

  async push(
    session: Session,
    { destination, onProgress, path, signal }: PushOptions,
  ): Promise<TreeReport> {
    const meter = new Meter(session, this.#options.progressIntervalMs, onProgress);
    let skipped: Problems = { count: 0, first: [] };
    const outcome = await this.#operate(session, meter, signal, async (context) => {
      const { disk, limits } = context;
      const scan = await disk.call('scan', { root: resolve(path), limits });
      skipped = scan.skipped;
      return sendTree(context, scan, destination);
    });
    return meter.report(outcome, skipped);
  }

  async pull(
    session: Session,
    { onProgress, path, signal, target }: PullOptions,
  ): Promise<TreeReport> {
    const meter = new Meter(session, this.#options.progressIntervalMs, onProgress);
    let skipped: Problems = { count: 0, first: [] };
    const outcome = await this.#operate(session, meter, signal, async (context) => {
      const { exchange, id } = context;
      const arrives = exchange.transfer(id, 'manifest');
      await exchange.ask({ type: 'pull', id, path });
      const goal = { root: resolve(target), destination: '' };
      const received = await receiveTree(context, await arrives, goal);
      skipped = received.skipped;
      return received.outcome;
    });
    return meter.report(outcome, skipped);
  }

  serve(session: Session, { onOperation, root }: ServeOptions): () => void {
    const base = resolve(root);
    const tell = (operation: ServedOperation): void => {
      guardCall('onOperation', () => onOperation?.(operation), emitWarning);
    };
    return this.#exchange(session).serve({
      onPush: ({ destination, id }, transfer) => {
        const refuse = (reason: string): void => transfer.refuse(reason);
        const answer = { session, id, kind: 'push', path: destination, tell, refuse } as const;
        void this.#answer(answer, (disk) => this.#acceptPush(answer, disk, base, transfer));
      },
      onPull: ({ id, path }) => {
        const answer = { session, id, kind: 'pull', path, tell, refuse: () => {} } as const;
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

  #context(id: string, session: Session, disk: Disk, signal?: AbortSignal): OperationContext {
    const { chunker, durable, limits, listCodec } = this.#options;
    const exchange = this.#exchange(session);
    const tellFailure = async (error: unknown): Promise<void> => {
      await giveUp(exchange, id, error);
    };
    const own = { signal, onProgress: undefined, tellFailure };
    return { id, session, exchange, disk, limits, chunker, listCodec, durable, ...own };
  }

  /** Runs an operation of this side with a disk thread of its own, and tells the peer when it fails. */
  async #operate(
    session: Session,
    meter: Meter,
    signal: AbortSignal | undefined,
    run: (context: OperationContext) => Promise<TreeOutcome>,
  ): Promise<TreeOutcome> {
    throwIfAborted(signal);
    const disk = this.#disks.take();
    const context = this.#context(randomBytes(16).toString('hex'), session, disk, signal);
    const { exchange, id } = context;
    const onAbort = (): void => {
      if (signal) exchange.end(id, abortedError(signal));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await run({ ...context, onProgress: meter.progress });
    } catch (error) {
      throw await giveUp(exchange, id, error);
    } finally {
      signal?.removeEventListener('abort', onAbort);
      exchange.end(id, operationEnded());
      await this.#disks.release(disk);
    }
  }

  async #acceptPush(
    { id, path, session }: Answer,
    disk: Disk,
    root: string,
    transfer: IncomingTransfer,
  ): Promise<TreeOutcome> {
    splitPath(path, process.platform);
    return this.#reservations.hold(`${root}/${path}`, async () => {
      try {
        const target = { root, destination: path };
        const received = await receiveTree(this.#context(id, session, disk), transfer, target);
        return received.outcome;
      } catch (error) {
        // Complete files of a broken operation are still put in place: not over those of the next.
        await disk.call('reset', undefined).catch(() => {});
        throw error;
      }
    });
  }

  async #answerPull({ id, path, session }: Answer, disk: Disk, root: string): Promise<TreeOutcome> {
    const below = splitPath(path, process.platform);
    const scan = await disk.call('scan', { root, below, limits: this.#options.limits });
    return sendTree(this.#context(id, session, disk), scan, '');
  }

  /** Runs an operation of the peer, inside the limit of operations. Never rejects. */
  async #answer(answer: Answer, run: (disk: Disk) => Promise<TreeOutcome>): Promise<void> {
    const { kind, path, session, tell } = answer;
    const { maxOperations } = this.#options.limits;
    if (!this.#reservations.enter(session, maxOperations)) {
      const message = `a peer may have ${maxOperations} tree operations at a time`;
      tell(await this.#failed(answer, new DwcpError('ERR_DWCP_BUSY', message)));
      return;
    }
    const disk = this.#disks.take();
    let ended: ServedOperation;
    try {
      ended = { kind, path, outcome: await run(disk), error: undefined };
    } catch (error) {
      ended = await this.#failed(answer, error);
    }
    this.#exchange(session).end(answer.id, operationEnded());
    await this.#disks.release(disk);
    this.#reservations.leave(session);
    tell(ended);
  }

  async #failed(
    { id, kind, path, refuse, session }: Answer,
    cause: unknown,
  ): Promise<ServedOperation> {
    const error = await giveUp(this.#exchange(session), id, cause);
    refuse(error.message);
    return { kind, path, outcome: undefined, error };
  }
}

/** A handler of the host that throws harms nobody else and is not silent. */
function emitWarning(error: DwcpError): void {
  process.emitWarning(error);
}

/** Ends an operation that failed, and tells the peer unless it knows. Returns the error to report. */
async function giveUp(exchange: Exchange, id: string, cause: unknown): Promise<DwcpError> {
  const error = isDwcpError(cause) ? cause : new DwcpError('ERR_DWCP_IO', String(cause), { cause });
  const failureOfPeer = exchange.end(id, error);
  if (failureOfPeer) return failureOfPeer;
  const { code, message } = error;
  // The session may be what failed: then the peer knows.
  await exchange
    .notify({ type: 'failed', id, code, message: message.slice(0, maxReasonLength) })
    .catch(() => {});
  return error;
}

/** For whoever still waits for something of an operation that is over: nobody does. */
function operationEnded(): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_STATE', 'the operation has ended');
}
