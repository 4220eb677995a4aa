/** The receiving side of a tree operation: compare, say what is wanted, write it. */
import type { ChunkerFactory, IncomingTransfer } from '@dwcp/core';
import type { BasisChunks } from '../disk/basis.ts';
import type { Disk } from '../disk/client.ts';
import type { FinishAnswer, PlanAnswer, WrittenPiece } from '../disk/methods.ts';
import {
  averageChunkBytes,
  digestBytes,
  encodeNeeds,
  type Need,
  type Signature,
} from '../machine/needs.ts';
import type { TreeOutcome } from '../report.ts';
import { ChunkCutter } from './chunks.ts';
import { collect } from './collect.ts';
import type { OperationContext } from './context.ts';
import { encodeNotice } from './notice.ts';

/** Size of the pieces that go to the disk worker: a message costs about as much as copying 0.5 MiB. */
const pieceBytes = 1024 * 1024;
/** Pieces under way; with the one being filled they bound the memory of an operation. */
const piecesMax = 8;
/** Problems that fit into the last notice; the rest is only counted. */
const reportedProblems = 50;

/** Where a received tree goes. */
export interface ReceiveTarget {
  /** The directory that nothing may leave. */
  readonly root: string;
  /** Directory below the root that the entries go to. */
  readonly destination: string;
}

/** Receives the tree whose list `manifest` carries, and tells the other side what came of it. */
export async function receiveTree(
  context: OperationContext,
  manifest: IncomingTransfer,
  target: ReceiveTarget,
): Promise<TreeOutcome> {
  const { disk, durable, exchange, id, limits, listCodec, onProgress, session, signal } = context;
  const list = await collect(manifest, limits.maxManifestBytes, signal);
  const plan = await disk.call('plan', { manifest: list, ...target, limits });
  const totalBytes = plan.wantedBytes;
  onProgress?.({ phase: 'compare', doneBytes: 0, totalBytes });
  const { needs, chunks } = await findNeeds(context, plan);
  await disk.call('expect', { chunks, suffix: id, durable });
  const contentArrives = exchange.transfer(id, 'content');
  const meta = encodeNotice({ type: 'needs', id });
  await session.sendBulk(encodeNeeds(needs), {
    meta,
    ...(listCodec && { codec: listCodec }),
    ...(signal && { signal }),
  });
  if (needs.length > 0) await writeContent(context, await contentArrives, totalBytes);
  onProgress?.({ phase: 'commit', doneBytes: totalBytes, totalBytes });
  const outcome = outcomeOf(plan, await disk.call('finish', undefined));
  await exchange.notify({ type: 'done', id, outcome });
  return outcome;
}

function outcomeOf(plan: PlanAnswer, { problems, ...result }: FinishAnswer): TreeOutcome {
  const { sameFiles, totalBytes, totalFiles } = plan;
  const first = problems.first.slice(0, reportedProblems);
  return {
    sameFiles,
    totalBytes,
    totalFiles,
    ...result,
    problemCount: problems.count,
    problems: first,
  };
}

/** The wanted files, with the chunks of what is here already. */
async function findNeeds(
  context: OperationContext,
  plan: PlanAnswer,
): Promise<{ needs: Need[]; chunks: Map<number, BasisChunks> }> {
  const signatures = context.chunker
    ? await signBases(context.disk, plan, context.chunker)
    : undefined;
  const needs = plan.wanted.map((index) => ({ index, basis: signatures?.get(index)?.signature() }));
  const chunks = new Map([...(signatures ?? [])].map(([index, basis]) => [index, basis.chunks]));
  return { needs, chunks };
}

async function signBases(
  disk: Disk,
  plan: PlanAnswer,
  chunker: ChunkerFactory,
): Promise<Map<number, BasisSigner>> {
  const signers = new Map(
    plan.withBases.map(({ index, sizeBytes }) => [index, new BasisSigner(chunker, sizeBytes)]),
  );
  for (;;) {
    const piece = await disk.call('nextBasis', undefined);
    if (!piece) return signers;
    signers.get(piece.index)?.add(piece.file, piece.bytes, piece.isLast);
  }
}

/** Collects the chunks of the bases of one file. */
class BasisSigner {
  readonly chunks = { sizes: [] as number[], files: [] as number[], positions: [] as number[] };
  readonly #digests: Uint8Array[] = [];
  readonly #averageBytes: number;
  readonly #chunker: ChunkerFactory;
  #cutter: ChunkCutter;
  #position = 0;

  constructor(chunker: ChunkerFactory, fileBytes: number) {
    this.#averageBytes = averageChunkBytes(fileBytes);
    this.#chunker = chunker;
    this.#cutter = new ChunkCutter(chunker(this.#averageBytes));
  }

  add(file: number, piece: Uint8Array, isLast: boolean): void {
    for (const { bytes, digest } of this.#cutter.add(piece, isLast)) {
      this.chunks.sizes.push(bytes.byteLength);
      this.chunks.files.push(file);
      this.chunks.positions.push(this.#position);
      this.#digests.push(digest);
      this.#position += bytes.byteLength;
    }
    if (!isLast) return;
    this.#cutter = new ChunkCutter(this.#chunker(this.#averageBytes));
    this.#position = 0;
  }

  /** What is told to the sender, or undefined when there is nothing to copy. */
  signature(): Signature | undefined {
    if (this.chunks.sizes.length === 0) return undefined;
    const digests = Buffer.concat(this.#digests, this.#digests.length * digestBytes);
    return { averageBytes: this.#averageBytes, sizes: this.chunks.sizes, digests };
  }
}

async function writeContent(
  context: OperationContext,
  transfer: IncomingTransfer,
  wantedBytes: number,
): Promise<void> {
  const { disk, onProgress, signal } = context;
  const writes = new WriteQueue(disk);
  let doneBytes = 0;
  try {
    for await (const chunk of transfer.chunks({ borrow: true, ...(signal && { signal }) })) {
      doneBytes += chunk.byteLength;
      try {
        await writes.add(chunk);
      } catch (error) {
        // Before the loop is left: the reason has to arrive ahead of the abort.
        await context.tellFailure(error);
        throw error;
      }
      onProgress?.({
        phase: 'transfer',
        doneBytes: Math.min(doneBytes, wantedBytes),
        totalBytes: wantedBytes,
      });
    }
  } finally {
    // Also when the transfer broke off: what has arrived need not travel again.
    await writes.drain();
  }
}

/**
 * Gathers chunks into pieces for the disk worker. A few pieces of memory go to the worker and come
 * back: however long the content is, nothing is allocated on the way.
 */
class WriteQueue {
  readonly #disk: Disk;
  readonly #writes: Promise<WrittenPiece>[] = [];
  #piece = new Uint8Array(pieceBytes);
  #usedBytes = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Copies a chunk; resolves when the next may come. Rejects when an earlier one failed. */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength;) {
      const part = chunk.subarray(at, at + pieceBytes - this.#usedBytes);
      this.#piece.set(part, this.#usedBytes);
      this.#usedBytes += part.byteLength;
      at += part.byteLength;
      if (this.#usedBytes === pieceBytes) await this.#exchange();
    }
  }

  /** Waits for all. */
  async drain(): Promise<void> {
    if (this.#usedBytes > 0) this.#send();
    for (const write of this.#writes.splice(0)) await write;
  }

  /** Sends the full piece off and takes an empty one. */
  async #exchange(): Promise<void> {
    this.#send();
    const isFull = this.#writes.length >= piecesMax;
    this.#piece = isFull
      ? ((await this.#writes.shift())?.bytes ?? this.#piece)
      : new Uint8Array(pieceBytes);
  }

  #send(): void {
    const piece = { bytes: this.#piece, usedBytes: this.#usedBytes };
    const write = this.#disk.call('write', piece, [this.#piece.buffer]);
    write.catch(() => {});
    this.#writes.push(write);
    this.#usedBytes = 0;
  }
}
