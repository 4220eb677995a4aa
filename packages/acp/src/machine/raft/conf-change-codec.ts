/**
 * Membership changes as bytes: protobuf, with the fields of etcd's `ConfChange` and `ConfChangeV2`,
 * so that an entry is as long here as there and limits on sizes cut at the same place.
 */
import { DwcpError } from '@dwcp/core';
import type { ConfChange, ConfChangeStep, ConfChangeType, ConfTransition } from './conf-change.ts';
import type { Entry } from './types.ts';

const types: readonly ConfChangeType[] = ['add-voter', 'remove', 'update', 'add-learner'];
const transitions: readonly ConfTransition[] = ['auto', 'implicit', 'explicit'];

/** More steps than this in one change are refused: no cluster has that many nodes to change. */
const maxConfChangeSteps = 1024;

/** The data of an entry that carries `change`. `ERR_DWCP_INVALID_ARGUMENT` when it has no form. */
export function encodeConfChange(change: ConfChange): Uint8Array {
  const { transition = 'auto', changes = [], context, singleStep = false } = change;
  if (changes.length > maxConfChangeSteps) {
    throw invalid(`${changes.length} steps; ${maxConfChangeSteps} is the limit`);
  }
  const bytes: number[] = [];
  if (singleStep) {
    const [step] = changes;
    if (step === undefined || changes.length !== 1 || transition !== 'auto') {
      throw invalid('a single-step change has exactly one step and no transition');
    }
    writeNumber(bytes, 1, 0);
    writeStep(bytes, step, 2);
    if (context !== undefined) writeBytes(bytes, 4, context);
  } else {
    writeNumber(bytes, 1, transitions.indexOf(transition));
    for (const step of changes) {
      const inner: number[] = [];
      writeStep(inner, step, 1);
      writeBytes(bytes, 2, inner);
    }
    if (context !== undefined) writeBytes(bytes, 3, context);
  }
  return Uint8Array.from(bytes);
}

/**
 * The change that a committed entry carries, to be passed to `applyConfChange`.
 *
 * @throws `ERR_DWCP_MALFORMED` when the data is none, `ERR_DWCP_INVALID_ARGUMENT` for a normal entry.
 */
export function decodeConfChange({ type, data }: Entry): ConfChange {
  if (type === 'normal') throw invalid('a normal entry carries no membership change');
  return type === 'conf-change' ? decodeSingleStep(data) : decodeSteps(data);
}

function decodeSingleStep(data: Uint8Array): ConfChange {
  let stepType = 0;
  let nodeId = 0;
  let context: Uint8Array | undefined;
  for (const { field, number, bytes } of fieldsOf(data)) {
    if (field === 2 && bytes === undefined) stepType = number;
    else if (field === 3 && bytes === undefined) nodeId = number;
    else if (field === 4 && bytes !== undefined) context = bytes;
    else if (field !== 1) throw malformed(`unknown field ${field}`);
  }
  const changes = [{ type: known(types, stepType), nodeId }];
  return { singleStep: true, changes, ...(context && { context }) };
}

function decodeSteps(data: Uint8Array): ConfChange {
  let transition = 0;
  const changes: ConfChangeStep[] = [];
  let context: Uint8Array | undefined;
  for (const { field, number, bytes } of fieldsOf(data)) {
    if (field === 1 && bytes === undefined) transition = number;
    else if (field === 2 && bytes !== undefined) changes.push(decodeStep(bytes));
    else if (field === 3 && bytes !== undefined) context = bytes;
    else throw malformed(`unknown field ${field}`);
    if (changes.length > maxConfChangeSteps) {
      throw malformed(`more than ${maxConfChangeSteps} steps`);
    }
  }
  return { transition: known(transitions, transition), changes, ...(context && { context }) };
}

function decodeStep(data: Uint8Array): ConfChangeStep {
  let type = 0;
  let nodeId = 0;
  for (const { field, number, bytes } of fieldsOf(data)) {
    if (field === 1 && bytes === undefined) type = number;
    else if (field === 2 && bytes === undefined) nodeId = number;
    else throw malformed(`unknown field ${field} in a step`);
  }
  return { type: known(types, type), nodeId };
}

interface Field {
  readonly field: number;
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
}

/** The fields of a protobuf message that has only numbers (wire type 0) and bytes (2). */
function* fieldsOf(data: Uint8Array): Generator<Field> {
  const at = { position: 0 };
  while (at.position < data.length) {
    const tag = readVarint(data, at);
    const field = Math.floor(tag / 8);
    const number = readVarint(data, at);
    if (tag % 8 === 0) {
      yield { field, number, bytes: undefined };
    } else if (tag % 8 === 2) {
      const end = at.position + number;
      if (end > data.length) throw malformed(`a field of ${number} bytes is cut off`);
      yield { field, number, bytes: data.slice(at.position, end) };
      at.position = end;
    } else {
      throw malformed(`wire type ${tag % 8}`);
    }
  }
}

function readVarint(data: Uint8Array, at: { position: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = data[at.position];
    if (byte === undefined) throw malformed('a number is cut off');
    at.position += 1;
    value += (byte % 128) * scale;
    if (value > Number.MAX_SAFE_INTEGER || scale > 2 ** 49)
      throw malformed('a number is too large');
    if (byte < 128) return value;
  }
}

function writeStep(bytes: number[], { type, nodeId }: ConfChangeStep, firstField: number): void {
  if (!types.includes(type)) throw invalid(`unknown type of step ${String(type)}`);
  if (!Number.isSafeInteger(nodeId) || nodeId < 0) throw invalid(`${nodeId} is no node id`);
  writeNumber(bytes, firstField, types.indexOf(type));
  writeNumber(bytes, firstField + 1, nodeId);
}

function writeNumber(bytes: number[], field: number, value: number): void {
  bytes.push(field * 8);
  writeVarint(bytes, value);
}

function writeBytes(bytes: number[], field: number, value: Iterable<number> & ArrayLike<number>) {
  bytes.push(field * 8 + 2);
  writeVarint(bytes, value.length);
  for (const byte of value) bytes.push(byte);
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function known<Name>(names: readonly Name[], number: number): Name {
  const name = names[number];
  if (name === undefined) throw malformed(`unknown number ${number}`);
  return name;
}

function malformed(what: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `a membership change is not readable: ${what}`);
}

function invalid(what: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `a membership change has no form: ${what}`);
}
