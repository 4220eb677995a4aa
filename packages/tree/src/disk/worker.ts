/**
 * The thread that does the disk work of a tree operation. Synchronous calls cost a tenth of
 * asynchronous ones for small files and cannot block the host's event loop from here.
 */
import { parentPort } from 'node:worker_threads';
import { DwcpError, isDwcpError } from '@dwcp/core';
import { TreeWriter } from './apply.ts';
import { type BasisPiece, readBases } from './basis.ts';
import { fullDurability, noDurability } from './durability.ts';
import type { DiskAnswer, DiskCall, DiskMethods, PlanAnswer } from './methods.ts';
import { planTree, type TreePlan } from './plan.ts';
import { bufferBytes, readWanted, type SourceItem } from './read.ts';
import { type ScannedTree, scanTree } from './scan.ts';

type AsyncMethods = {
  [Name in keyof DiskMethods]: (
    argument: Parameters<DiskMethods[Name]>[0],
  ) => ReturnType<DiskMethods[Name]> | Promise<ReturnType<DiskMethods[Name]>>;
};

const full = fullDurability();
let tree: ScannedTree | undefined;
let items: Iterator<SourceItem> | undefined;
let plan: TreePlan | undefined;
let bases: Iterator<BasisPiece> | undefined;
let writer: TreeWriter | undefined;

const methods: AsyncMethods = {
  scan(options) {
    tree = scanTree(options);
    return { header: tree.header, manifest: tree.manifest, skipped: tree.skipped };
  },
  read(wanted) {
    const listed = present(tree);
    items = readWanted(listed, wanted);
    return wanted.reduce((sum, { index }) => sum + (listed.files[index]?.sizeBytes ?? 0), 0);
  },
  nextItem() {
    const next = present(items).next();
    return next.done ? undefined : next.value;
  },
  plan({ manifest, ...options }) {
    plan = planTree(manifest, options);
    bases = readBases(plan.files, bufferBytes);
    return planAnswer(plan);
  },
  nextBasis() {
    const next = present(bases).next();
    return next.done ? undefined : next.value;
  },
  expect({ chunks, suffix, durable }) {
    writer = new TreeWriter(present(plan), chunks, suffix, durable ? full : noDurability);
  },
  async write(piece) {
    const open = present(writer);
    open.push(piece.bytes.subarray(0, piece.usedBytes));
    await open.ready();
    return piece;
  },
  async finish() {
    const { files, problems } = present(plan);
    const complete = present(writer);
    if (!complete.finished && files.length > 0) {
      throw new DwcpError(
        'ERR_DWCP_MALFORMED',
        'content stream: it ended before its last operation',
      );
    }
    const result = await complete.finish();
    writer = undefined;
    return { ...result, problems: { count: problems.count, first: problems.problems } };
  },
  async reset() {
    const unfinished = writer;
    items?.return?.();
    bases?.return?.();
    tree = items = plan = bases = writer = undefined;
    await unfinished?.cancel();
  },
};

function planAnswer({ files, sameFiles, totalFiles, totalBytes }: TreePlan): PlanAnswer {
  const withBases = files.filter((file) => file.bases.length > 0);
  return {
    wanted: files.map((file) => file.index),
    withBases: withBases.map(({ index, sizeBytes }) => ({ index, sizeBytes })),
    wantedBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    sameFiles,
    totalFiles,
    totalBytes,
  };
}

function present<Value>(value: Value | undefined): Value {
  if (value === undefined)
    throw new DwcpError('ERR_DWCP_INVALID_STATE', 'the disk worker was asked out of order');
  return value;
}

async function answer({ id, method, argument }: DiskCall): Promise<void> {
  try {
    // The caller's types pair each method with its argument; here both are data.
    const call = methods[method] as (argument: unknown) => unknown;
    const value = await call(argument);
    parentPort?.postMessage({ id, value } satisfies DiskAnswer, transferable(value));
  } catch (error) {
    const code = isDwcpError(error) ? error.code : undefined;
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ id, error: { code, message } } satisfies DiskAnswer);
  }
}

/** Content moves to the other thread instead of being copied. */
function transferable(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return [];
  const { bytes } = value;
  return bytes instanceof Uint8Array &&
    bytes.buffer instanceof ArrayBuffer &&
    bytes.byteLength > 4096
    ? [bytes.buffer]
    : [];
}

parentPort?.on('message', (call: DiskCall) => void answer(call));
