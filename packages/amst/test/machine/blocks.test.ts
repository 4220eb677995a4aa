import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockCutter, directBlockBytes } from '../../src/machine/blocks.ts';

const blockBytes = 256 * 1024;

function cut(chunks: readonly Uint8Array[], size = blockBytes): Uint8Array[] {
  const cutter = new BlockCutter(size);
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.flush()];
}

test('large chunks are used without a copy', () => {
  const chunk = new Uint8Array(directBlockBytes);
  const [block] = cut([chunk]);
  expect(block?.buffer).toBe(chunk.buffer);
  const large = new Uint8Array(3 * blockBytes + directBlockBytes);
  expect(cut([large]).map((part) => [part.byteLength, part.buffer === large.buffer])).toEqual([
    [blockBytes, true],
    [blockBytes, true],
    [blockBytes, true],
    [directBlockBytes, true],
  ]);
});

test('small chunks are gathered, a lone one is not copied', () => {
  const small = new Uint8Array(1000);
  expect(cut([small])[0]?.buffer).toBe(small.buffer);
  const many = Array.from({ length: 600 }, () => small);
  expect(cut(many).map((block) => block.byteLength)).toEqual([262_000, 262_000, 76_000]);
});

test('nothing makes no block', () => {
  expect(cut([])).toEqual([]);
  expect(cut([new Uint8Array(0), new Uint8Array(0)])).toEqual([]);
});

test('blocks hold the same bytes in the same order, none empty or too large', () => {
  const chunk = fc.uint8Array({ maxLength: 150 });
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (chunks, size) => {
        const before = Buffer.concat(chunks);
        const blocks = cut(chunks, size);
        expect(Buffer.compare(Buffer.concat(blocks), before)).toBe(0);
        expect(Buffer.compare(Buffer.concat(chunks), before)).toBe(0);
        for (const block of blocks) {
          expect(block.byteLength).toBeGreaterThan(0);
          expect(block.byteLength).toBeLessThanOrEqual(size);
        }
      },
    ),
  );
});
