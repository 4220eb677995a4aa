/** The command line as a whole: its commands, their help and how mistakes in it are told. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addPull } from './commands/pull.ts';
import { addPush } from './commands/push.ts';
import { addServe } from './commands/serve.ts';
import type { CliIo } from './io.ts';

const description = 'Moves files and directories between machines; only what differs travels.';

const epilogue = `
Exit codes:
  0    done
  1    failed
  2    the command line is wrong
  3    done, but some files could not be sent or written
  130  stopped by an interrupt (143: by SIGTERM, 141: the reader of the output went away)

Examples:
  dwcp serve /srv/inbox
  dwcp push photos 127.0.0.1:4747
  dwcp pull 127.0.0.1:4747/photos copy
`;

/** Makes the parser. `onEnd` gets the exit code of the command that was run. */
export function createProgram(io: CliIo, onEnd: (code: number) => void): Command {
  const program = new Command('dwcp')
    .description(description)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', epilogue)
    .showHelpAfterError('(--help shows what is possible)')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'dwcp: ')),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  for (const add of [addServe, addPush, addPull]) add(program, io, onEnd);
  return program;
}

/** That of the package, which all packages share. */
function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const holds = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return holds ? String(manifest.version) : 'unknown';
}
