/**
 * Damaged frames never decode to other bytes. `HDE_MUTANTS=1000000` runs more, `HDE_SEED` others:
 * `HDE_MUTANTS=1000000 npx vitest run packages/hde/test/mutants.test.ts`.
 */
import { expect, test } from 'vitest';
import { loadHasher } from '../src/checksum.ts';
import { hde, type HdeOptions } from '../src/index.ts';
import { join, json, randomBytes, skewedBytes, text } from './data.ts';
import { runMutants, type Specimen } from './mutants.ts';

const count = Number(process.env['HDE_MUTANTS'] ?? 24_000);
const seed = Number(process.env['HDE_SEED'] ?? 4);
const maxRawBytes = 65_536;

const encoders: HdeOptions[] = [
  { policy: { codec: 'none' } },
  { policy: { codec: 'lz4' } },
  { policy: { codec: 'lz4' }, portable: true },
  { policy: { codec: 'zstd', level: 1 } },
  { policy: { codec: 'zstd', level: 19 } },
];

async function specimens(): Promise<Specimen[]> {
  const blocks = [
    text(300, 1),
    text(5000, 2),
    json(20_000),
    skewedBytes(2000, 3),
    randomBytes(64, 4),
    new Uint8Array(10_000),
    new Uint8Array(0),
  ];
  const made = encoders.flatMap((options) => {
    const codec = hde(options);
    return blocks.map(async (block) => ({
      block,
      frame: join((await codec.encode(block)).chunks),
    }));
  });
  return Promise.all(made);
}

test(`${count} mutants with seed ${seed}: no silent wrong output`, { timeout: 0 }, async () => {
  const native = hde({ maxRawBytes });
  const portable = hde({ maxRawBytes, portable: true });
  const all = await specimens();
  const hasher = await loadHasher();
  const rounds = [
    await runMutants(all, native, hasher, count / 2, seed),
    await runMutants(all, portable, hasher, count / 2, seed),
  ];
  for (const tally of rounds) {
    expect(tally.wrong).toBe(0);
    expect(tally.refused + tally.harmless).toBe(count / 2);
    expect(tally.refused).toBeGreaterThan(count * 0.4);
  }
});
