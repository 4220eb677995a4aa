/**
 * Composes file trees with your own choice of parts: an in-memory network, two streams, no
 * compression, a chunker with small chunks. Run: `node --conditions=@dwcp/source examples/tree/two-way.ts`
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amst } from '@dwcp/amst';
import { memoryNetwork } from '@dwcp/core';
import { chunker } from '@dwcp/hde';
import { tree } from '@dwcp/tree';

const directory = (name: string): string => mkdtempSync(join(tmpdir(), `dwcp-${name}-`));
const [source, served, fetched] = [directory('source'), directory('served'), directory('fetched')];
writeFileSync(
  join(source, 'numbers.txt'),
  Array.from({ length: 100_000 }, (_, n) => `${n}\n`).join(''),
);

const trees = tree({ chunker: (averageBytes) => chunker({ averageBytes }) });
const network = memoryNetwork();
const sessions = amst({ transport: network.transport(), streams: 2 });
const listener = await sessions.listen('server', {
  onSession: (session) => trees.serve(session, { root: served }),
});
const session = await sessions.dial(listener.address);

const first = await trees.push(session, { path: source, destination: 'data' });
console.log(`pushed ${first.writtenFiles} file, ${first.wireBytes} bytes on the wire`);

writeFileSync(
  join(source, 'numbers.txt'),
  Array.from({ length: 100_000 }, (_, n) => `${n === 50_000 ? 'fifty thousand' : n}\n`).join(''),
);
const second = await trees.push(session, { path: source, destination: 'data' });
console.log(
  `pushed again: ${second.wireBytes} bytes on the wire, ${second.copiedBytes} were there already`,
);

const third = await trees.pull(session, { path: 'data', target: fetched });
console.log(`pulled ${third.writtenFiles} file back`);

await session.close();
await listener.close();
await trees.stop();
for (const path of [source, served, fetched]) rmSync(path, { recursive: true });
