/**
 * Sizes of entries. The limits on messages and on applying count an entry as protobuf encodes it,
 * so that the same limit cuts at the same entry as in etcd; the limits on uncommitted and in-flight
 * data count payload bytes only, so that empty entries are free.
 */
import type { Entry } from './types.ts';

/** Bytes of an entry in protobuf: three tagged numbers and, when there is data, tagged bytes. */
function entryBytes({ term, index, data }: Entry): number {
  const head = 4 + varintBytes(term) + varintBytes(index);
  return data.length === 0 ? head : head + 1 + varintBytes(data.length) + data.length;
}

/** The sum of {@link entryBytes}. */
export function entriesBytes(entries: readonly Entry[]): number {
  let sum = 0;
  for (const entry of entries) sum += entryBytes(entry);
  return sum;
}

/** The payload bytes of the entries. */
export function payloadBytes(entries: readonly Entry[]): number {
  let sum = 0;
  for (const entry of entries) sum += entry.data.length;
  return sum;
}

/** The longest prefix of at most `maxBytes`, but never less than one entry. */
export function limitEntries(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  if (entries.length < 2 || maxBytes === Infinity) return entries;
  let sum = 0;
  let count = 0;
  for (const entry of entries) {
    sum += entryBytes(entry);
    if (sum > maxBytes && count > 0) return entries.slice(0, count);
    count += 1;
  }
  return entries;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
