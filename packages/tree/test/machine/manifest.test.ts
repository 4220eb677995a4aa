import { BinaryWriter, isDwcpError } from '@dwcp/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/limits.ts';
import {
  ManifestReader,
  ManifestWriter,
  PathTracker,
  type TreeEntry,
} from '../../src/machine/manifest.ts';

type Node = { [name: string]: Node | { size: number; mode: number; time: number } };

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter(
    (text) =>
      !/[/\0\uFFFD]/.test(text) &&
      Buffer.from(text).toString() === text &&
      text !== '.' &&
      text !== '..',
  );
const file = fc.record({
  size: fc.nat(2 ** 31 - 1),
  mode: fc.integer({ min: 0, max: 0o777 }),
  time: fc.integer({ min: -1e12, max: 4e12 }),
});
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.dictionary(name, fc.oneof({ maxDepth: 4 }, file, tie('node')), {
    maxKeys: 5,
  }) as fc.Arbitrary<Node>,
}));

function isFile(value: Node[string]): value is { size: number; mode: number; time: number } {
  return typeof value['size'] === 'number';
}

/** Depth-first with ascending names, as the scanner lists a directory. */
function listed(tree: Node): { entries: TreeEntry[]; paths: string[] } {
  const entries: TreeEntry[] = [];
  const paths: string[] = [];
  let up = 0;
  const walk = (directory: Node, prefix: string): void => {
    for (const key of Object.keys(directory).toSorted((a, b) => (a < b ? -1 : 1))) {
      const value = directory[key];
      if (!value) continue;
      paths.push(prefix + key);
      if (isFile(value)) {
        const { mode, size, time } = value;
        entries.push({ kind: 'file', name: key, up, mode, sizeBytes: size, modifiedMs: time });
        up = 0;
      } else {
        entries.push({
          kind: 'directory',
          name: key,
          up,
          mode: 0o755,
          sizeBytes: 0,
          modifiedMs: 0,
        });
        up = 0;
        walk(value, `${prefix}${key}/`);
        up += 1;
      }
    }
  };
  walk(tree, '');
  return { entries, paths };
}

function encode(entries: readonly TreeEntry[]): Uint8Array {
  const writer = new ManifestWriter(defaultLimits);
  for (const entry of entries) writer.add(entry);
  return Buffer.concat(writer.finish());
}

function decode(bytes: Uint8Array, limits = defaultLimits, platform = 'linux'): TreeEntry[] {
  const reader = new ManifestReader(bytes, limits, platform);
  const entries: TreeEntry[] = [];
  for (let entry = reader.next(); entry; entry = reader.next()) entries.push(entry);
  return entries;
}

/** A list of raw entries, valid or not. */
function raw(
  totalBytes: number,
  ...entries: [head: number, name: string, ...numbers: number[]][]
): Uint8Array {
  const writer = new BinaryWriter().varint(1).varint(entries.length).varint(totalBytes);
  for (const [head, text, ...numbers] of entries) {
    writer.varint(head).text(text, 10_000);
    for (const number of numbers) writer.varint(number);
  }
  return writer.finish();
}

describe('tree list', () => {
  it('comes back as it was written, with its paths', () => {
    fc.assert(
      fc.property(node, (tree) => {
        const { entries, paths } = listed(tree);
        const decoded = decode(encode(entries));
        expect(decoded).toEqual(entries);
        const tracker = new PathTracker();
        expect(decoded.map((entry) => tracker.path(entry))).toEqual(paths);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it.each([
    ['a parent name', raw(0, [0, '..', 0, 0])],
    ['the directory itself', raw(0, [0, '.', 0, 0])],
    ['an empty name', raw(0, [0, '', 0, 0])],
    ['a separator', raw(0, [0, 'a/b', 0, 0])],
    ['an absolute path', raw(0, [0, '/etc', 0, 0])],
    ['a NUL', raw(0, [0, 'a\0b', 0, 0])],
  ])('refuses %s as a name', (_what, bytes) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'ERR_DWCP_UNSAFE_PATH' }));
  });

  it.each([
    ['a level above the root', raw(0, [16, 'a', 0, 0])],
    ['the same name twice', raw(0, [0, 'a', 0, 0], [0, 'a', 0, 0])],
    ['descending names', raw(0, [0, 'b', 0, 0], [0, 'a', 0, 0])],
    ['sizes that do not add up', raw(7, [0, 'a', 6, 0])],
    ['more than permission bits', raw(0, [2, 'a', 0o4755, 0, 0])],
    ['a time beyond the calendar', raw(0, [0, 'a', 0, 2 ** 53 - 2], [0, 'b', 0, 2 ** 53 - 2])],
    ['bytes after the end', Buffer.concat([raw(0, [0, 'a', 0, 0]), new Uint8Array(1)])],
    ['a name above its limit', raw(0, [0, 'n'.repeat(256), 0, 0])],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }));
  });

  it.each(['con', 'AUX.txt', 'a:b', 'a\\b', 'dot.', 'space '])(
    'refuses %j for Windows only',
    (text) => {
      const bytes = raw(0, [0, text, 0, 0]);
      expect(() => decode(bytes, defaultLimits, 'win32')).toThrow(
        expect.objectContaining({ code: 'ERR_DWCP_UNSAFE_PATH' }),
      );
      expect(decode(bytes)).toHaveLength(1);
    },
  );

  it.each([
    ['maxEntries', { maxEntries: 1 }, raw(0, [0, 'a', 0, 0], [0, 'b', 0, 0])],
    ['maxFileBytes', { maxFileBytes: 9 }, raw(10, [0, 'a', 10, 0])],
    ['maxTotalBytes', { maxTotalBytes: 9 }, raw(10, [0, 'a', 5, 0], [0, 'b', 5, 0])],
    ['maxDepth', { maxDepth: 1 }, raw(0, [1, 'a'], [1, 'b'])],
  ])('names the limit %s', (limit, limits, bytes) => {
    expect(() => decode(bytes, { ...defaultLimits, ...limits })).toThrow(
      expect.objectContaining({
        code: 'ERR_DWCP_LIMIT_EXCEEDED',
        message: expect.stringContaining(limit) as string,
      }),
    );
  });

  it('refuses a newer format by its version', () => {
    const bytes = new BinaryWriter().varint(2).varint(0).varint(0).finish();
    expect(() => decode(bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_VERSION_MISMATCH' }),
    );
  });

  it('answers any damage with a typed error or a harmless list', () => {
    const good = encode(
      listed({ a: { b: { size: 1, mode: 0o644, time: 5 } }, c: { size: 2, mode: 0o600, time: 9 } })
        .entries,
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bytes = good.slice(0, length);
        if (at < bytes.length) bytes[at] = byte;
        try {
          for (const entry of decode(bytes)) expect(entry.name).not.toMatch(/^\.{0,2}$|\/|\0/);
        } catch (error) {
          expect(isDwcpError(error)).toBe(true);
          refused += 1;
        }
      }),
      { numRuns: 5000, seed: 2 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
