/**
 * Sends a file to another session over four TCP connections, with its progress on both sides, and
 * writes it there. Run: `node --conditions=@dwcp/source examples/amst/file-transfer.ts [FILE]`
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { amst } from '@dwcp/amst';
import { decodeControl, encodeControl, type IncomingTransfer } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';

const folder = await mkdtemp(join(tmpdir(), 'dwcp-file-'));
const source = process.argv[2] ?? join(folder, 'random.bin');
if (process.argv[2] === undefined) await writeFile(source, randomBytes(24 * 1024 * 1024));
const target = join(folder, 'received');

async function receive(transfer: IncomingTransfer): Promise<void> {
  console.log(`receiving ${JSON.stringify(decodeControl(transfer.meta))}`);
  const file = await open(target, 'w');
  try {
    // Each chunk is written before the next one is taken, so its memory may be used again.
    for await (const chunk of transfer.chunks({ borrow: true })) await file.write(chunk);
  } finally {
    await file.close();
  }
}

const node = amst({ transport: tcp() });
const listener = await node.listen('127.0.0.1:0', {
  onSession: (session) => void session.onBulk((transfer) => void receive(transfer)),
});

const session = await node.dial(listener.address);
const { size: totalBytes } = await stat(source);
let shown = 0;
const receipt = await session.sendBulk(createReadStream(source, { highWaterMark: 256 * 1024 }), {
  totalBytes,
  meta: encodeControl({ name: basename(source) }),
  onProgress({ transferredBytes }) {
    const percent = Math.floor((transferredBytes * 100) / totalBytes);
    if (percent < shown + 25) return;
    shown = percent;
    console.log(`sent ${percent} %`);
  },
});
console.log(`${receipt.wireBytes} bytes on the wire, ${receipt.streams} connections`);
console.log(`digest ${receipt.digest}`);

const equal = Buffer.compare(await readFile(source), await readFile(target)) === 0;
console.log(equal ? 'the files are equal' : 'the files differ');
process.exitCode = equal ? 0 : 1;
await session.close();
await listener.close();
await rm(folder, { recursive: true });
