/**
 * Prints how fast each codec works on this machine and how small it makes the first 4 MiB of a
 * file, in blocks of 256 KiB, one at a time.
 * Run: `node --conditions=@dwcp/source examples/hde/speed.ts [FILE]`
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chunker, hde, type HdeOptions } from '@dwcp/hde';

const blockBytes = 256 * 1024;
const maxBytes = 4 * 1024 * 1024;
const rounds = 3;
const file = process.argv[2] ?? createRequire(import.meta.url).resolve('typescript');
const content = readFileSync(file).subarray(0, maxBytes);
const blocks: Uint8Array[] = [];
for (let at = 0; at < content.length; at += blockBytes) {
  blocks.push(content.subarray(at, at + blockBytes));
}

/** Best speed of several rounds over all blocks, in MB of raw bytes per second. */
async function speed(work: (index: number) => unknown): Promise<string> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const startMs = performance.now();
    for (const index of blocks.keys()) await work(index);
    bestMs = Math.min(bestMs, performance.now() - startMs);
  }
  return (content.length / bestMs / 1000).toFixed(0).padStart(6);
}

const codecs: Record<string, HdeOptions> = {
  none: { policy: { codec: 'none' } },
  lz4: { policy: { codec: 'lz4' } },
  'lz4 portable': { policy: { codec: 'lz4' }, portable: true },
  'zstd:1': { policy: { codec: 'zstd', level: 1 } },
  'zstd:3': { policy: { codec: 'zstd', level: 3 } },
  'zstd:6': { policy: { codec: 'zstd', level: 6 } },
  'zstd:9': { policy: { codec: 'zstd', level: 9 } },
  adaptive: {},
};
console.log(`${blocks.length} blocks of ${file}`);
console.log('codec          encode MB/s  decode MB/s  % left');
for (const [name, options] of Object.entries(codecs)) {
  const codec = hde(options);
  const encoded = await Promise.all(blocks.map((block) => codec.encode(block)));
  const frames = encoded.map(({ chunks }) => Buffer.concat(chunks));
  const encode = await speed((index) => codec.encode(blocks[index] ?? content));
  const decode = await speed((index) => codec.decode(frames[index] ?? content));
  const left = (100 * frames.reduce((sum, frame) => sum + frame.length, 0)) / content.length;
  console.log(`${name.padEnd(14)} ${encode}       ${decode}       ${left.toFixed(1).padStart(6)}`);
}

const { nextCut } = chunker();
const chunking = await speed((index) => {
  if (index > 0) return;
  for (let at = 0; at < content.length;) at = nextCut(content, at, content.length, true) ?? at + 1;
});
console.log(`chunker        ${chunking}`);
