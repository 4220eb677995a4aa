#!/usr/bin/env node
/** The `dwcp` command as a process: streams, signals and the exit code. */
// The default export: older versions, which get to read why they cannot run this, lack the named one.
import nodeModule from 'node:module';
import { exitCodes } from './exit-codes.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(`dwcp: needs Node 22.15 or later, this is ${process.versions.node}\n`);
  process.exit(exitCodes.failed);
}

// Before everything else is loaded, since compiling takes longer than a small push.
nodeModule.enableCompileCache();
const { run } = await import('./run.ts');

/** The clean end tells the other side, which may not listen; after this time that is said. */
const patienceMs = 500;

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(exitCodes[name]);
    stopping.abort(name);
    const hint = () => process.stderr.write('\ndwcp: stopping; ask again to leave at once\n');
    setTimeout(hint, patienceMs).unref();
  });
}
// A reader that goes away ends the command as it ends any other, but cleanly.
process.stdout.on('error', () => stopping.abort('SIGPIPE'));
process.stderr.on('error', () => {});

const code = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
  debug: Boolean(process.env['DWCP_DEBUG']),
});
// Pipes are written asynchronously on Windows: leave when the last line is out.
process.stdout.write('', () => process.exit(code));
