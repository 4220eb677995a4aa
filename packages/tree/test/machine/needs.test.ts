import { BinaryWriter, isDwcpError } from '@dwcp/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeltaMatcher, type DeltaRun } from '../../src/machine/delta.ts';
import {
  averageChunkBytes,
  decodeNeeds,
  digestBytes,
  encodeNeeds,
  maxOfferedChunks,
  type Need,
} from '../../src/machine/needs.ts';

const signature = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 65_536 }),
      fc.uint8Array({ minLength: digestBytes, maxLength: digestBytes }),
    ),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .map((chunks) => ({
    averageBytes: 8192,
    sizes: chunks.map(([size]) => size),
    digests: new Uint8Array(chunks.flatMap(([, digest]) => [...digest])),
  }));

describe('list of wanted files', () => {
  it('comes back as it was written', () => {
    const needs = fc
      .uniqueArray(fc.tuple(fc.nat(10_000), fc.option(signature, { nil: undefined })), {
        selector: ([index]) => index,
      })
      .map((list): Need[] =>
        list.map(([index, basis]) => ({ index, basis })).toSorted((a, b) => a.index - b.index),
      );
    fc.assert(
      fc.property(needs, (list) => {
        expect(decodeNeeds(encodeNeeds(list), 10_001)).toEqual(list);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it.each([
    ['more files than the tree has', new BinaryWriter().varint(3).finish()],
    ['a file beyond the tree', new BinaryWriter().varint(1).varint(4).finish()],
    [
      'more chunks than bytes',
      new BinaryWriter()
        .varint(1)
        .varint(1)
        .varint(8192)
        .varint(2 ** 40)
        .finish(),
    ],
    ['an odd chunk size', new BinaryWriter().varint(1).varint(1).varint(8191).varint(0).finish()],
    ['bytes after the end', new BinaryWriter().varint(0).uint8(0).finish()],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeNeeds(bytes, 2)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }),
    );
  });

  it('answers any bytes with needs inside the tree or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          for (const { index } of decodeNeeds(bytes, 5)) expect(index).toBeLessThan(5);
        } catch (error) {
          expect(isDwcpError(error)).toBe(true);
        }
      }),
      { numRuns: 5000, seed: 6 },
    );
  });

  it('cuts larger files into larger chunks', () => {
    expect([100_000, 10_000_000, 50_000_000, 10 ** 12].map(averageChunkBytes)).toEqual([
      4096, 16_384, 65_536, 65_536,
    ]);
  });
});

describe('delta', () => {
  const digestOf = (text: string): Uint8Array => Buffer.alloc(digestBytes, text);
  const offered = (...chunks: string[]) => ({
    averageBytes: 4096,
    sizes: chunks.map((chunk) => chunk.length),
    digests: Buffer.concat(chunks.map(digestOf)),
  });
  const runs = (matcher: DeltaMatcher, ...chunks: string[]): string[] => {
    const found: DeltaRun[] = chunks.flatMap((chunk) =>
      matcher.add(Buffer.from(chunk), digestOf(chunk)),
    );
    return [...found, ...matcher.flush()].map((run) =>
      run.kind === 'copy' ? `${run.first}+${run.count}` : Buffer.from(run.bytes).toString(),
    );
  };

  it('joins neighbours to one copy', () => {
    expect(runs(new DeltaMatcher(offered('aa', 'bb', 'cc')), 'aa', 'bb', 'cc')).toEqual(['0+3']);
  });

  it('sends what is new and copies what moved', () => {
    expect(runs(new DeltaMatcher(offered('aa', 'bb', 'cc')), 'cc', 'new', 'aa', 'bb')).toEqual([
      '2+1',
      'new',
      '0+2',
    ]);
  });

  it('goes on with a repeated chunk where the copy stands', () => {
    expect(runs(new DeltaMatcher(offered('aa', 'zz', 'aa', 'bb')), 'zz', 'aa', 'bb')).toEqual([
      '1+3',
    ]);
  });

  it('does not take a chunk of another size for the same', () => {
    const same = { averageBytes: 4096, sizes: [3], digests: digestOf('aa') };
    expect(runs(new DeltaMatcher(same), 'aa')).toEqual(['aa']);
  });
});

describe('offered chunks', () => {
  it('are bounded over all files of an operation', () => {
    const perFile = maxOfferedChunks / 2;
    const sizes = Array.from({ length: perFile }, () => 1);
    const basis = { averageBytes: 4096, sizes, digests: new Uint8Array(perFile * digestBytes) };
    const needs = (count: number): Uint8Array =>
      encodeNeeds(Array.from({ length: count }, (_, index) => ({ index, basis })));
    expect(decodeNeeds(needs(2), 3)).toHaveLength(2);
    expect(() => decodeNeeds(needs(3), 3)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_LIMIT_EXCEEDED' }),
    );
  });
});
