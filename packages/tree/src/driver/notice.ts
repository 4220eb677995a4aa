/** The small messages of tree operations, as control values. Layout in `docs/wire-format/tree.md`. */
import { decodeControl, DwcpError, encodeControl, type ErrorCode, isErrorCode } from '@dwcp/core';
import type { Problems } from '../disk/methods.ts';
import type { Problem, TreeOutcome } from '../report.ts';

/** Channel of the notices. */
export const treeChannel = 'dwcp.tree';
const maxNoticeBytes = 60 * 1024;
const maxTextLength = 4096;
const operationId = /^[0-9a-f]{32}$/;

/** The question that starts a pull: send me the tree at `path`. Its answer is empty. */
export interface PullQuestion {
  /** Always this. */
  readonly type: 'pull';
  /** Of the operation, chosen by the asker. */
  readonly id: string;
  /** Below the served directory. */
  readonly path: string;
}

/** A notice of one side to the other. */
export type Notice =
  /** I give up, for this reason. */
  | {
      readonly type: 'failed';
      readonly id: string;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** I have written everything. */
  | { readonly type: 'done'; readonly id: string; readonly outcome: TreeOutcome };

/** What stands before the list of a tree. */
export interface ManifestMeta {
  /** Always this. */
  readonly type: 'manifest';
  /** Of the operation. */
  readonly id: string;
  /** Directory below the receiver's root that the entries go to. */
  readonly destination: string;
  /** What the list leaves out on purpose: links and special files. */
  readonly skipped: Problems;
  /** What the list lacks because it could not be read or named. */
  readonly problems: Problems;
}

/** What stands before a bulk transfer of a tree operation. */
export type TransferMeta =
  /** The list of a tree. */
  | ManifestMeta
  /** The wanted files. */
  | { readonly type: 'needs'; readonly id: string }
  /** Their content. */
  | { readonly type: 'content'; readonly id: string };

/** Encodes a question, a notice or a meta. */
export function encodeNotice(notice: PullQuestion | Notice | TransferMeta): Uint8Array {
  return encodeControl(notice, { maxBytes: maxNoticeBytes });
}

/** Reads a question of a peer. */
export function decodeQuestion(bytes: Uint8Array): PullQuestion {
  const value = decodeRecord(bytes);
  if (value['type'] !== 'pull') throw malformed('an unknown type');
  return { type: 'pull', id: idOf(value), path: textOf(value, 'path') };
}

/** Reads a notice of a peer. */
export function decodeNotice(bytes: Uint8Array): Notice {
  const value = decodeRecord(bytes);
  const id = idOf(value);
  switch (value['type']) {
    case 'failed': {
      const code = isErrorCode(value['code']) ? value['code'] : 'ERR_DWCP_REFUSED';
      return { type: 'failed', id, code, message: textOf(value, 'message') };
    }
    case 'done':
      return { type: 'done', id, outcome: outcomeOf(value['outcome']) };
    default:
      throw malformed('an unknown type');
  }
}

/** Reads the meta of a transfer that a peer offers. */
export function decodeMeta(bytes: Uint8Array): TransferMeta {
  const value = decodeRecord(bytes);
  const id = idOf(value);
  const type = value['type'];
  if (type === 'manifest') return manifestMetaOf(value, id);
  if (type === 'needs' || type === 'content') return { type, id };
  throw malformed('an unknown type');
}

/** Reads the meta of a list. */
export function decodeManifestMeta(bytes: Uint8Array): ManifestMeta {
  const meta = decodeMeta(bytes);
  if (meta.type !== 'manifest') throw malformed('not the list of a tree');
  return meta;
}

function manifestMetaOf(value: PlainRecord, id: string): ManifestMeta {
  const destination = textOf(value, 'destination');
  const [skipped, problems] = [problemsOf(value['skipped']), problemsOf(value['problems'])];
  return { type: 'manifest', id, destination, skipped, problems };
}

function problemsOf(value: unknown): Problems {
  const problems = recordOf(value);
  return { count: countOf(problems, 'count'), first: problemListOf(problems['first']) };
}

function problemListOf(value: unknown): Problem[] {
  if (!Array.isArray(value)) throw malformed('no list of problems');
  return value.map((problem: unknown) => {
    const record = recordOf(problem);
    return { path: textOf(record, 'path'), reason: textOf(record, 'reason') };
  });
}

type PlainRecord = Readonly<Record<string, unknown>>;

function decodeRecord(bytes: Uint8Array): PlainRecord {
  return recordOf(decodeControl(bytes, { maxBytes: maxNoticeBytes }));
}

function recordOf(value: unknown): PlainRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('not a map');
  return value as PlainRecord;
}

function idOf(value: PlainRecord): string {
  const id = value['id'];
  if (typeof id !== 'string' || !operationId.test(id)) throw malformed('no operation id');
  return id;
}

function textOf(value: PlainRecord, name: string): string {
  const text = value[name];
  if (typeof text !== 'string' || text.length > maxTextLength)
    throw malformed(`no text in ${name}`);
  return text;
}

function countOf(value: PlainRecord, name: string): number {
  const count = value[name];
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw malformed(`no count in ${name}`);
  return count;
}

function outcomeOf(value: unknown): TreeOutcome {
  const outcome = recordOf(value);
  return {
    totalFiles: countOf(outcome, 'totalFiles'),
    totalBytes: countOf(outcome, 'totalBytes'),
    sameFiles: countOf(outcome, 'sameFiles'),
    writtenFiles: countOf(outcome, 'writtenFiles'),
    writtenBytes: countOf(outcome, 'writtenBytes'),
    copiedBytes: countOf(outcome, 'copiedBytes'),
    problemCount: countOf(outcome, 'problemCount'),
    problems: problemListOf(outcome['problems']),
  };
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `tree notice: ${message}`);
}
