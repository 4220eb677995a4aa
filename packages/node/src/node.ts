/** Wires transport, sessions, codec and trees into one node. */
import { mkdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Amst, amst } from '@dwcp/amst';
import {
  type Clock,
  DwcpError,
  type Random,
  type Session,
  systemClock,
  systemRandom,
} from '@dwcp/core';
import { chunker, hde } from '@dwcp/hde';
import { tcp } from '@dwcp/transport-tcp';
import { tree, type TreeReport, type TreeService } from '@dwcp/tree';
import type {
  DwcpNode,
  NodeOptions,
  Peer,
  PullNodeOptions,
  PushNodeOptions,
  ServedDirectory,
  ServeNodeOptions,
  TransferOptions,
  TransferReport,
} from './options.ts';
import { withRetries } from './retry.ts';

/** Implementation of {@link DwcpNode}. */
export class Node implements DwcpNode {
  readonly #amst: Amst;
  readonly #trees: TreeService;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #served = new Set<ServedDirectory>();
  readonly #stopping = new AbortController();

  constructor(options: NodeOptions) {
    const { codec, diskThreads, durable, insecure = false, limits, streams, tls } = options;
    this.#amst = amst({
      transport: tcp({ insecure, ...(tls && { tls }) }),
      codec: typeof codec === 'object' ? codec : hde(codec && { policy: { codec } }),
      ...(streams !== undefined && { streams }),
    });
    this.#trees = tree({
      chunker: (averageBytes) => chunker({ averageBytes }),
      listCodec: hde({ policy: { codec: 'zstd', level: 3 } }),
      ...(diskThreads !== undefined && { diskThreads }),
      ...(durable !== undefined && { durable }),
      ...(limits && { limits }),
    });
    this.#clock = options.clock ?? systemClock();
    this.#random = options.random ?? systemRandom();
  }

  async serve({ address, on = {}, root, signal }: ServeNodeOptions): Promise<ServedDirectory> {
    checkDirectory(root);
    const sessions = new Set<Session>();
    const onSession = (session: Session): void => {
      const peer: Peer = { address: session.remoteAddress, name: session.peerName };
      sessions.add(session);
      on.session?.(peer);
      this.#trees.serve(session, {
        root,
        onOperation: (operation) => on.operation?.(operation, peer),
      });
      void session.closed.then((error) => {
        sessions.delete(session);
        if (error) on.error?.(error, peer);
      });
    };
    const handler = { onSession, onError: (error: DwcpError) => on.error?.(error, undefined) };
    const listener = await this.#amst.listen(address, handler, { signal: this.#signal(signal) });
    const served: ServedDirectory = {
      address: listener.address,
      close: async () => {
        this.#served.delete(served);
        await listener.close();
        await Promise.all(Array.from(sessions, (session) => session.close()));
      },
      [Symbol.asyncDispose]: () => served.close(),
    };
    this.#served.add(served);
    return served;
  }

  async push(options: PushNodeOptions): Promise<TransferReport> {
    const { path } = options;
    const destination =
      options.destination ?? (checkReadable(path).isDirectory() ? basename(resolve(path)) : '');
    return this.#transfer(options, (session, common) =>
      this.#trees.push(session, { path, destination, ...common }),
    );
  }

  async pull(options: PullNodeOptions): Promise<TransferReport> {
    const { path, target } = options;
    makeDirectory(target);
    return this.#transfer(options, (session, common) =>
      this.#trees.pull(session, { path, target, ...common }),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new DwcpError('ERR_DWCP_INVALID_STATE', 'the node was stopped'));
    await Promise.all(Array.from(this.#served, (served) => served.close()));
    await this.#trees.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#stopping.signal]) : this.#stopping.signal;
  }

  async #transfer(
    options: TransferOptions,
    run: (
      session: Session,
      common: Pick<TransferOptions, 'onProgress' | 'signal'>,
    ) => Promise<TreeReport>,
  ): Promise<TransferReport> {
    const signal = this.#signal(options.signal);
    const startMs = this.#clock.nowMs();
    // Bytes of failed attempts travelled too.
    let wireBytes = 0;
    return withRetries(
      { clock: this.#clock, random: this.#random, signal },
      options,
      async (attempts, onMoved) => {
        const session = await this.#amst.dial(options.address, { signal });
        try {
          const onProgress: TransferOptions['onProgress'] = (progress) => {
            if (progress.doneBytes > 0) onMoved();
            options.onProgress?.({ ...progress, wireBytes: wireBytes + progress.wireBytes });
          };
          const report = await run(session, { signal, onProgress });
          const elapsedMs = this.#clock.nowMs() - startMs;
          return { ...report, wireBytes: wireBytes + report.wireBytes, elapsedMs, attempts };
        } finally {
          const { receivedBytes, sentBytes } = session.stats();
          wireBytes += sentBytes + receivedBytes;
          await session.close();
        }
      },
    );
  }
}

function checkDirectory(path: string): void {
  if (!checkReadable(path).isDirectory()) {
    throw new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `${JSON.stringify(path)} is not a directory`);
  }
}

function checkReadable(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DwcpError('ERR_DWCP_IO', `cannot read ${JSON.stringify(path)}: ${reason}`, { cause });
  }
}

/**
 * Makes a directory and what is missing above it. Not by the recursive form of `mkdirSync`: that
 * never returns where a parent exists and still nothing can be made in it, as below `/proc`.
 */
function makeDirectory(path: string): void {
  const absolute = resolve(path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(absolute);
  if (parent !== absolute) makeDirectory(parent);
  try {
    mkdirSync(absolute);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DwcpError('ERR_DWCP_IO', `cannot make ${JSON.stringify(path)}: ${reason}`, { cause });
  }
}
