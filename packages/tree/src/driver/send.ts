/** The sending side of a tree operation: list, then what the other side wants of it. */
import { type ChunkerFactory, DwcpError } from '@dwcp/core';
import type { Disk } from '../disk/disk.ts';
import type { ScanAnswer } from '../disk/methods.ts';
import { endOperation, type SourceItem } from '../disk/read.ts';
import { contentOperations } from '../machine/content.ts';
import { DeltaMatcher, type DeltaRun } from '../machine/delta.ts';
import { decodeNeeds, type Need } from '../machine/needs.ts';
import type { TreeOutcome } from '../report.ts';
import { ChunkCutter } from './chunks.ts';
import { collect } from './collect.ts';
import type { OperationContext } from './context.ts';
import { encodeNotice } from './notice.ts';
import { firstThatFit } from './told-problems.ts';

/** Buffers that the disk prepares ahead of the network. */
const readAhead = 3;

/** Sends a listed tree, to stand at `destination` of the other side, and returns what came of it. */
export async function sendTree(
  context: OperationContext,
  scan: ScanAnswer,
  destination: string,
): Promise<TreeOutcome> {
  const { disk, exchange, id, limits, listCodec, onProgress, session, signal } = context;
  const needsArrive = exchange.transfer(id, 'needs');
  const outcome = exchange.outcome(id);
  await session.sendBulk(each(scan.manifest), {
    meta: encodeNotice({
      type: 'manifest',
      id,
      destination,
      skipped: { ...scan.skipped, first: firstThatFit(scan.skipped.first, 2) },
      problems: { ...scan.problems, first: firstThatFit(scan.problems.first, 2) },
    }),
    ...(listCodec && { codec: listCodec }),
    ...(signal && { signal }),
  });
  const list = await collect(await needsArrive, limits.maxManifestBytes, signal);
  const needs = decodeNeeds(list, scan.header.entries);
  const totalBytes = await disk.call(
    'read',
    needs.map(({ index, basis }) => ({ index, hasBasis: basis !== undefined })),
  );
  onProgress?.({ phase: 'compare', doneBytes: 0, totalBytes });
  if (needs.length > 0) await sendContent(context, new ContentSource(context, needs), totalBytes);
  onProgress?.({ phase: 'commit', doneBytes: totalBytes, totalBytes });
  return outcome;
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function sendContent(
  { id, onProgress, session, signal }: OperationContext,
  source: ContentSource,
  totalBytes: number,
): Promise<void> {
  await session.sendBulk(source.chunks(), {
    meta: encodeNotice({ type: 'content', id }),
    onReleased: (chunk) => source.release(chunk),
    onProgress: ({ transferredBytes }) => {
      const doneBytes = Math.min(totalBytes, transferredBytes + source.copiedBytes);
      onProgress?.({ phase: 'transfer', doneBytes, totalBytes });
    },
    ...(signal && { signal }),
  });
}

/** The content stream: operations as the disk made them, changed files as runs. */
class ContentSource {
  readonly #disk: Disk;
  readonly #changed: ChangedFile;
  /** Chunks whose memory is the disk's. */
  readonly #lent = new Set<Uint8Array>();

  constructor({ chunker, disk }: OperationContext, needs: readonly Need[]) {
    this.#disk = disk;
    this.#changed = new ChangedFile(chunker, needs);
  }

  /** Bytes that the other side had and that did not travel. */
  get copiedBytes(): number {
    return this.#changed.copiedBytes;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for await (const item of itemsOf(this.#disk)) {
      if (item.kind === 'piece') {
        yield* this.#changed.add(item);
      } else {
        this.#lent.add(item.bytes);
        yield item.bytes;
      }
    }
  }

  /** A chunk has been sent. */
  release(chunk: Uint8Array): void {
    if (!this.#lent.delete(chunk)) return;
    const { buffer } = chunk;
    // A disk that was stopped meanwhile has no use for it.
    this.#disk
      .call('recycle', chunk, buffer instanceof ArrayBuffer ? [buffer] : [])
      .catch(() => {});
  }
}

/** What the disk yields, a few calls ahead. */
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
  /** Bytes of chunks that the other side has. */
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
