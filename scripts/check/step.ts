/** What a check is, and how it runs other programs. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { root } from '../dev/toolchain.mjs';

/** One check. It passes, fails with a {@link CheckFailure}, or says why it was skipped. */
export interface Step {
  /** The name on the command line: `npm run check -- NAME`. */
  readonly name: string;
  /** What it holds, for the list of checks. */
  readonly about: string;
  /** Does the check; a returned text is a note for the report. */
  run(workshop: Workshop): Promise<string | void>;
}

/** What the checks of one run share. */
export interface Workshop {
  /** A temporary folder outside the clone. */
  readonly folder: string;
  /** True when reports that are kept in the repository are to be written anew. */
  readonly update: boolean;
}

/** A check that failed; the message is shown as it is. */
export class CheckFailure extends Error {}

/** A check that cannot be done on this machine; the message says why. */
export class CheckSkipped extends Error {}

/** Throws a {@link CheckFailure} with all problems, unless there are none. */
export function failIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new CheckFailure(problems.join('\n'));
}

/** Runs a program and returns what it printed; its failure is the failure of the check. */
export function execute(
  command: string,
  args: readonly string[],
  cwd: string = root,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child.once('error', (cause) =>
    reject(new CheckFailure(`${command}: ${cause.message}`, { cause })),
  );
  child.once('close', (code, signal) => {
    if (code === 0) resolve(output);
    else
      reject(
        new CheckFailure(`${output.trim()}\n(${command} ${args.join(' ')}: ${signal ?? code})`),
      );
  });
  return promise;
}

/** Runs a script with this Node. */
export function executeNode(args: readonly string[], cwd?: string): Promise<string> {
  return execute(process.execPath, args, cwd);
}

/** Does the work for every item, as many at a time as there are processors. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
