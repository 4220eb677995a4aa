/** One run of the command. */
import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import type { CliIo } from './io.ts';
import { createProgram } from './program.ts';

/**
 * Runs the command with the arguments behind its name and resolves to its exit code
 * ({@link exitCodes}). Errors are told on the streams; it does not reject.
 *
 * @example
 * ```ts
 * import { PassThrough } from 'node:stream';
 * import { run } from '@dwcp/cli';
 *
 * const [stdout, stderr] = [new PassThrough(), new PassThrough()];
 * await run(['serve', '.', '--listen', '0.0.0.0:4747', '--json'], { stdout, stderr }); // => 1
 * JSON.parse(String(stdout.read())).code; // => 'ERR_DWCP_INSECURE_LISTEN'
 * ```
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  let code: number = exitCodes.ok;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has told it: the help or version that was asked for, or what is wrong with the line.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}
