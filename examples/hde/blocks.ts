/**
 * Encodes blocks of different kinds, shows what was chosen and why, and what a damaged frame does.
 * Run: `node --conditions=@dwcp/source examples/hde/blocks.ts`
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDwcpError } from '@dwcp/core';
import { chunkDigest, chunker, hde } from '@dwcp/hde';

const require = createRequire(import.meta.url);
const source = readFileSync(require.resolve('typescript')).subarray(0, 256 * 1024);
const samples = {
  'source text': source,
  'random bytes': randomBytes(64 * 1024),
  'a few bytes': 'hi',
};

const codec = hde({ preset: 'internet' });
for (const [kind, content] of Object.entries(samples)) {
  const block = Buffer.from(content);
  const encoded = await codec.encode(block, { hints: { linkRateBps: 100e6 } });
  const { lastReason } = codec.explain();
  console.log(
    `${kind}: ${block.length} → ${encoded.sizeBytes} bytes by ${encoded.codec} (${lastReason})`,
  );

  const frame = Buffer.concat(encoded.chunks);
  const { bytes } = await codec.decode(frame);
  if (!block.equals(bytes)) throw new Error('a block came back changed');

  frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
  try {
    await codec.decode(frame);
    throw new Error('a damaged frame was accepted');
  } catch (error) {
    if (!isDwcpError(error)) throw error;
    console.log(`  with one bit changed: ${error.code}`);
  }
}

// A link that always waits makes the choice lighter, block by block.
for (let count = 0; count < 20; count += 1) {
  await codec.encode(source, { hints: { linkIdle: true } });
}
for (const { choice, encodeNsPerByte, storedShare, blocks } of codec.explain().adaptive?.rungs ??
  []) {
  const known = blocks > 0 ? `measured on ${blocks} blocks` : 'expected';
  const percent = (storedShare * 100).toFixed(0);
  console.log(`${choice}: ${encodeNsPerByte.toFixed(1)} ns per byte, ${percent} % left, ${known}`);
}

// Chunks that an insertion leaves as they are.
function digests(bytes: Uint8Array): Set<string> {
  const { nextCut } = chunker({ averageBytes: 4096 });
  const found = new Set<string>();
  for (let at = 0; at < bytes.length;) {
    const end = nextCut(bytes, at, bytes.length, true) ?? bytes.length;
    found.add(Buffer.from(chunkDigest(bytes.subarray(at, end))).toString('hex'));
    at = end;
  }
  return found;
}
const edited = Buffer.concat([
  source.subarray(0, 100_000),
  Buffer.from('!'),
  source.subarray(100_000),
]);
const known = digests(source);
const fresh = [...digests(edited)].filter((digest) => !known.has(digest));
console.log(`one inserted byte: ${fresh.length} of ${known.size} chunks are new`);
