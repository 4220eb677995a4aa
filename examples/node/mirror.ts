/**
 * Serves a directory and mirrors a file into it, with progress and a way to stop.
 * Run: `node --conditions=@dwcp/source examples/node/mirror.ts`
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNode } from '@dwcp/node';

const source = mkdtempSync(join(tmpdir(), 'dwcp-source-'));
const target = mkdtempSync(join(tmpdir(), 'dwcp-target-'));
writeFileSync(join(source, 'random.bin'), randomBytes(20_000_000));

const node = createNode();
const served = await node.serve({
  root: target,
  address: '127.0.0.1:0',
  on: {
    session: (peer) => console.log(`session from ${peer.address}`),
    operation: ({ kind, path, outcome }) =>
      console.log(`${kind} of ${path}: ${outcome?.writtenFiles} file`),
  },
});

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
let shownPercent = 0;
const report = await node.push({
  path: source,
  address: served.address,
  destination: 'mirror',
  signal: stop.signal,
  onProgress: ({ doneBytes, totalBytes = 0 }) => {
    const percent = totalBytes === 0 ? 0 : Math.floor((doneBytes / totalBytes) * 100);
    if (percent < shownPercent + 25) return;
    shownPercent = percent;
    console.log(`${percent} %`);
  },
});
console.log(`${report.writtenBytes} bytes in ${report.streams} streams`);

const isSame = readFileSync(join(target, 'mirror/random.bin')).equals(
  readFileSync(join(source, 'random.bin')),
);
console.log(isSame ? 'the copy is equal' : 'the copy differs');
await node.stop();
for (const path of [source, target]) rmSync(path, { recursive: true });
if (!isSame) process.exitCode = 1;
