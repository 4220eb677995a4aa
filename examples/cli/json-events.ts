/**
 * The command inside another program: one side serves, the other pushes, and what both would print
 * for scripts with `--json` arrives as events. Spawned processes give the same lines.
 * Run: `node --conditions=@dwcp/source examples/cli/json-events.ts`
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { type CliEvent, run } from '@dwcp/cli';

/** Runs the command; resolves to its exit code. */
function dwcp(
  argv: readonly string[],
  onEvent: (event: CliEvent) => void,
  signal?: AbortSignal,
): Promise<number> {
  const stdout = new PassThrough();
  createInterface({ input: stdout }).on('line', (line) => onEvent(JSON.parse(line)));
  const io = { stdout, stderr: process.stderr, ...(signal && { signal }) };
  return run([...argv, '--json'], io);
}

const folder = mkdtempSync(join(tmpdir(), 'dwcp-events-'));
const [photos, inbox] = [join(folder, 'photos'), join(folder, 'inbox')];
for (const directory of [photos, inbox]) mkdirSync(directory);
for (let index = 0; index < 20; index += 1) {
  writeFileSync(join(photos, `${index}.raw`), Buffer.alloc(200_000, index));
}

const stopping = new AbortController();
const listening = Promise.withResolvers<string>();
const serving = dwcp(
  ['serve', inbox, '--listen', '127.0.0.1:0'],
  (event) => {
    if (event.event === 'listening') listening.resolve(event.address);
    if (event.event === 'operation') console.log(`served: a ${event.operation} of ${event.path}`);
  },
  stopping.signal,
);

for (const attempt of ['first', 'second']) {
  const code = await dwcp(['push', photos, await listening.promise], (event) => {
    if (event.event !== 'done') return;
    const { sameFiles, wireBytes, writtenFiles } = event;
    console.log(`${attempt}: ${writtenFiles} written, ${sameFiles} same, ${wireBytes} bytes sent`);
  });
  console.log(`${attempt}: exit code ${code}`);
}

stopping.abort('SIGTERM');
console.log(`serve: exit code ${await serving}`);
rmSync(folder, { recursive: true });
