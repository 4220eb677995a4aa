/** The disk side of a tree operation, wherever it runs: beside the sockets or in a thread. */
import { DwcpError } from '@dwcp/core';
import { TreeWriter } from './apply.ts';
import { type BasisPiece, readBases } from './basis.ts';
import { bufferBytes, BufferPool } from './buffer-pool.ts';
import { fullDurability, noDurability } from './durability.ts';
import type { DiskMethods, PlanAnswer } from './methods.ts';
import { planTree, type TreePlan } from './plan.ts';
import { readWanted, type SourceItem } from './read.ts';
import { type ScannedTree, scanTree } from './scan.ts';

/** The methods as they are carried out: some wait for the disk. */
export type AsyncDiskMethods = {
  [Name in keyof DiskMethods]: (
    argument: Parameters<DiskMethods[Name]>[0],
  ) => ReturnType<DiskMethods[Name]> | Promise<ReturnType<DiskMethods[Name]>>;
};

/** The methods, for one operation at a time. */
export function diskOperation(): AsyncDiskMethods {
  const full = fullDurability();
  const pool = new BufferPool();
  let tree: ScannedTree | undefined;
  let items: Iterator<SourceItem> | undefined;
  let plan: TreePlan | undefined;
  let bases: Iterator<BasisPiece> | undefined;
  let writer: TreeWriter | undefined;
  return {
    scan(options) {
      tree = scanTree(options);
      const { header, manifest, problems, skipped } = tree;
      return { header, manifest, problems, skipped };
    },
    read(wanted) {
      const listed = present(tree);
      items = readWanted(listed, wanted, pool);
      return wanted.reduce((sum, { index }) => sum + (listed.files[index]?.sizeBytes ?? 0), 0);
    },
    nextItem() {
      const next = present(items).next();
      return next.done ? undefined : next.value;
    },
    recycle(bytes) {
      pool.give(bytes);
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
}

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
    throw new DwcpError('ERR_DWCP_INVALID_STATE', 'the disk was asked out of order');
  return value;
}
