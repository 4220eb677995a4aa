/** The receiving side of a tree operation: compare, say what is wanted, write it. */
import { BinaryWriter, type ChunkerFactory, type IncomingTransfer } from '@dwcp/core';
import type { BasisChunks } from '../disk/basis.ts';
import type { Disk } from '../disk/disk.ts';
import type { FinishAnswer, PlanAnswer, Problems } from '../disk/methods.ts';
import {
  averageChunkBytes,
  digestBytes,
  encodeNeeds,
  maxOfferedChunks,
  type Need,
  type Signature,
} from '../machine/needs.ts';
import type { TreeOutcome } from '../report.ts';
import { ChunkCutter } from './chunks.ts';
import { collect } from './collect.ts';
import type { OperationContext } from './context.ts';
import { decodeManifestMeta, encodeNotice } from './notice.ts';
import { firstThatFit, joinProblems } from './told-problems.ts';

/** Where a received tree goes. */
export interface ReceiveTarget {
  /** The directory that nothing may leave. */
  readonly root: string;
  /** Directory below the root that the entries go to. */
  readonly destination: string;
}

/** What was received, and what the sender left out of its list on purpose. */
export interface ReceivedTree {
  /** What came of it, as it is told to the sender. */
  readonly outcome: TreeOutcome;
  /** Links and special files of the sending side. */
  readonly skipped: Problems;
}

/** Receives the tree whose list `manifest` carries, and tells the other side what came of it. */
export async function receiveTree(
  context: OperationContext,
  manifest: IncomingTransfer,
  target: ReceiveTarget,
): Promise<ReceivedTree> {
  const { disk, durable, exchange, id, limits, listCodec, onProgress, session, signal } = context;
  const { problems, skipped } = decodeManifestMeta(manifest.meta);
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
  const outcome = outcomeOf(plan, problems, await disk.call('finish', undefined));
  await exchange.notify({ type: 'done', id, outcome });
  return { outcome, skipped };
}

function outcomeOf(plan: PlanAnswer, ofSender: Problems, finished: FinishAnswer): TreeOutcome {
  const { sameFiles, totalBytes, totalFiles } = plan;
  const { problems, ...result } = finished;
  const { count, first } = joinProblems(ofSender, problems);
  const told = { problemCount: count, problems: firstThatFit(first, 1) };
  return { sameFiles, totalBytes, totalFiles, ...result, ...told };
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

/** Cuts what is here already, until as many chunks are found as may be offered. */
async function signBases(
  disk: Disk,
  plan: PlanAnswer,
  chunker: ChunkerFactory,
): Promise<Map<number, BasisSigner>> {
  const sizes = new Map(plan.withBases.map(({ index, sizeBytes }) => [index, sizeBytes]));
  const signers = new Map<number, BasisSigner>();
  let chunks = 0;
  for (;;) {
    const piece = await disk.call('nextBasis', undefined);
    if (!piece) return signers;
    const { bytes, file, index, isLast } = piece;
    const signer = signers.get(index) ?? new BasisSigner(chunker, sizes.get(index) ?? 0);
    signers.set(index, signer);
    chunks += signer.add(file, bytes, isLast);
    if (chunks > maxOfferedChunks) {
      // The file in hand would be offered in part only: it travels whole, as all after it.
      signers.delete(index);
      return signers;
    }
  }
}

/** Collects the chunks of the bases of one file. */
class BasisSigner {
  readonly chunks = { sizes: [] as number[], files: [] as number[], positions: [] as number[] };
  readonly #digests = new BinaryWriter(digestBytes * 64);
  readonly #averageBytes: number;
  readonly #chunker: ChunkerFactory;
  #cutter: ChunkCutter;
  #position = 0;

  constructor(chunker: ChunkerFactory, fileBytes: number) {
    this.#averageBytes = averageChunkBytes(fileBytes);
    this.#chunker = chunker;
    this.#cutter = new ChunkCutter(chunker(this.#averageBytes));
  }

  /** Takes the next piece of a basis file and returns how many chunks that made. */
  add(file: number, piece: Uint8Array, isLast: boolean): number {
    const before = this.chunks.sizes.length;
    for (const { bytes, digest } of this.#cutter.add(piece, isLast)) {
      this.chunks.sizes.push(bytes.byteLength);
      this.chunks.files.push(file);
      this.chunks.positions.push(this.#position);
      this.#digests.bytes(digest);
      this.#position += bytes.byteLength;
    }
    if (isLast) {
      this.#cutter = new ChunkCutter(this.#chunker(this.#averageBytes));
      this.#position = 0;
    }
    return this.chunks.sizes.length - before;
  }

  /** What is told to the sender, or undefined when there is nothing to copy. */
  signature(): Signature | undefined {
    if (this.chunks.sizes.length === 0) return undefined;
    const digests = this.#digests.finish();
    return { averageBytes: this.#averageBytes, sizes: this.chunks.sizes, digests };
  }
}

async function writeContent(
  context: OperationContext,
  transfer: IncomingTransfer,
  wantedBytes: number,
): Promise<void> {
  const { disk, onProgress, signal } = context;
  const writes = disk.contentWriter();
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
