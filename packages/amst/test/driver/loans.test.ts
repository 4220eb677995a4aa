import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockSource, type SourceBlock } from '../../src/driver/block-source.ts';

const blockBytes = 256 * 1024;
const size = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 60_000, max: 70_000 }),
  fc.integer({ min: 100_000, max: 700_000 }),
);

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  const [startA, startB] = [a.byteOffset, b.byteOffset];
  return a.buffer === b.buffer && startA < startB + b.byteLength && startB < startA + a.byteLength;
}

describe('chunks of a source', () => {
  it('are released once, after every block with their bytes was sent', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { maxLength: 12 }),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        async (sizes, isShared, choices) => {
          // One memory for all chunks, or one for each: neighbours must not be mistaken for each other.
          const memory = new Uint8Array(sizes.reduce((sum, bytes) => sum + bytes, 0));
          let at = 0;
          const chunks = sizes.map((bytes) => {
            const shared = memory.subarray(at, (at += bytes));
            return isShared ? shared : new Uint8Array(bytes);
          });
          const unsent: SourceBlock[] = [];
          const released: Uint8Array[] = [];
          const source = new BlockSource(each(chunks), blockBytes, (chunk) => {
            expect(unsent.some(({ bytes }) => overlap(bytes, chunk))).toBe(false);
            released.push(chunk);
          });
          const send = (): void => {
            const [block] = unsent.splice((choices.next().value ?? 0) % unsent.length, 1);
            block?.onSent?.();
          };
          for (let block = await source.next(); block; block = await source.next()) {
            unsent.push(block);
            while (unsent.length > 3) send();
          }
          while (unsent.length > 0) send();
          expect(new Set(released).size).toBe(released.length);
          expect(new Set(released)).toEqual(
            new Set(chunks.filter((chunk) => chunk.byteLength > 0)),
          );
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });

  it('are not counted when nobody wants to know', async () => {
    const source = new BlockSource(each([new Uint8Array(100_000)]), blockBytes);
    expect((await source.next())?.onSent).toBeUndefined();
  });
});
