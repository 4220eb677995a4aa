/** The sending side of a tree operation: list, then what the other side wants of it. */
import type { BulkTransfer, ChunkerFactory, Session } from '@dwcp/core';
import { DwcpError } from '@dwcp/core';
import type { Disk } from '../disk/client.ts';
import type { ScanAnswer } from '../disk/methods.ts';
import { endOperation, type SourceItem } from '../disk/read.ts';
import type { TreeLimits } from '../limits.ts';
import { contentOperations } from '../machine/content.ts';
import { DeltaMatcher, type DeltaRun } from '../machine/delta.ts';
import { decodeNeeds, type Need } from '../machine/needs.ts';
import type { TreeOutcome, TreeProgress } from '../report.ts';
import { ChunkCutter } from './chunks.ts';
import { collect } from './collect.ts';
import type { Exchange } from './exchange.ts';
import { encodeNotice } from './notice.ts';

/** Buffers that the disk worker prepares ahead of the network. */
const readAhead = 3;

/** What a sender works with. */
export interface SendContext {
  readonly session: Session;
  readonly exchange: Exchange;
  readonly disk: Disk;
  readonly limits: TreeLimits;
  readonly chunker: ChunkerFactory | undefined;
  readonly onProgress: ((progress: Omit<TreeProgress, 'wireBytes'>) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Sends a listed tree and returns what the other side made of it. */
export async function sendTree(
  context: SendContext,
  id: string,
  destination: string,
  scan: ScanAnswer,
): Promise<TreeOutcome> {
  const { session, exchange, disk, limits, signal } = context;
  const needsArrive = exchange.transfer(id, 'needs');
  const outcome = exchange.outcome(id);
  await sendBytes(
    session,
    scan.manifest,
    encodeNotice({ type: 'manifest', id, destination }),
    signal,
  );
  const needs = decodeNeeds(
    await collect(await needsArrive, limits.maxManifestBytes, signal),
    scan.header.entries,
  );
  let totalBytes = 0;
  if (needs.length > 0) {
    totalBytes = await disk.call(
      'read',
      needs.map(({ index, basis }) => ({ index, hasBasis: basis !== undefined })),
    );
    await sendContent(context, id, new ContentSource(context, needs), totalBytes);
  }
  context.onProgress?.({ phase: 'commit', doneBytes: totalBytes, totalBytes });
  return outcome;
}

async function sendBytes(
  to: BulkTransfer,
  chunks: readonly Uint8Array[],
  meta: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const totalBytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  await to.sendBulk(each(chunks), { meta, totalBytes, ...(signal && { signal }) });
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function sendContent(
  context: SendContext,
  id: string,
  source: ContentSource,
  totalBytes: number,
): Promise<void> {
  const { onProgress, session, signal } = context;
  await session.sendBulk(source.chunks(), {
    meta: encodeNotice({ type: 'content', id }),
    onProgress: ({ transferredBytes }) =>
      onProgress?.({
        phase: 'transfer',
        doneBytes: Math.min(totalBytes, transferredBytes + source.copiedBytes),
        totalBytes,
      }),
    ...(signal && { signal }),
  });
}

/** The content stream: operations as the disk worker made them, changed files as runs. */
class ContentSource {
  readonly #disk: Disk;
  readonly #changed: ChangedFile;

  constructor({ chunker, disk }: SendContext, needs: readonly Need[]) {
    this.#disk = disk;
    this.#changed = new ChangedFile(chunker, needs);
  }

  /** Bytes that the other side had and that did not travel. */
  get copiedBytes(): number {
    return this.#changed.copiedBytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for await (const item of itemsOf(this.#disk)) {
      if (item.kind === 'operations') yield item.bytes;
      else yield* this.#changed.add(item);
    }
  }
}

/** What the disk worker yields, a few calls ahead. */
async function* itemsOf(disk: Disk): AsyncGenerator<SourceItem> {
  const calls: Promise<SourceItem | undefined>[] = [];
  for (;;) {
    while (calls.length < readAhead) {
      const call = disk.call('nextItem', undefined);
      call.catch(() => {});
      calls.push(call);
    }
    const item = await calls.shift();
    if (!item) return;
    yield item;
  }
}

/** Turns the pieces of a changed file into copies and literals. */
class ChangedFile {
  readonly #chunker: ChunkerFactory | undefined;
  readonly #needs: ReadonlyMap<number, Need>;
  #index: number | undefined;
  #cutter: ChunkCutter | undefined;
  #matcher: DeltaMatcher | undefined;
  copiedBytes = 0;

  constructor(chunker: ChunkerFactory | undefined, needs: readonly Need[]) {
    this.#chunker = chunker;
    this.#needs = new Map(needs.map((need) => [need.index, need]));
  }

  *add({ index, bytes, end }: SourceItem & { kind: 'piece' }): Generator<Uint8Array> {
    if (this.#index !== index) {
      this.#open(index);
      yield contentOperations.begin(index);
    }
    const cutter = this.#cutter;
    const matcher = this.#matcher;
    if (!cutter || !matcher) return;
    for (const chunk of cutter.add(bytes, end !== undefined)) {
      const runs = matcher.add(chunk.bytes, chunk.digest);
      if (!runs.some((run) => run.kind === 'literal')) this.copiedBytes += chunk.bytes.byteLength;
      yield* runsOf(runs);
    }
    if (!end) return;
    yield* runsOf(matcher.flush());
    yield endOperation(end);
    this.#index = undefined;
  }

  #open(index: number): void {
    const basis = this.#needs.get(index)?.basis;
    if (!basis || !this.#chunker)
      throw new DwcpError(
        'ERR_DWCP_UNSUPPORTED',
        'this side cannot compare chunks: give it a chunker',
      );
    this.#index = index;
    this.#cutter = new ChunkCutter(this.#chunker(basis.averageBytes));
    this.#matcher = new DeltaMatcher(basis);
  }
}

function* runsOf(runs: readonly DeltaRun[]): Generator<Uint8Array> {
  for (const run of runs) {
    if (run.kind === 'copy') {
      yield contentOperations.copy(run.first, run.count);
    } else {
      yield contentOperations.data(run.bytes.byteLength);
      yield run.bytes;
    }
  }
}
