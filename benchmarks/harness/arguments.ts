/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util';

/** What the user asked for. */
export interface BenchArguments {
  readonly suite: string;
  /** Fewer rounds: done within a minute. */
  readonly quick: boolean;
  /** Rounds to count; undefined for the suite's own number. */
  readonly rounds: number | undefined;
  /** File that the rows are written to. */
  readonly json: string | undefined;
  /** Folder in which the suite makes its own; undefined for one inside the clone. */
  readonly folder: string | undefined;
}

/** A command line that cannot be understood; its message is for the user. */
export class UsageError extends Error {}

/** Reads the arguments after the script's name. */
export function parseBenchArguments(argv: readonly string[]): BenchArguments {
  const { positionals, values } = parse(argv);
  const [suite, ...rest] = positionals;
  if (suite === undefined) throw new UsageError('which suite?');
  if (rest.length > 0) throw new UsageError(`one suite at a time, not also "${rest.join(' ')}"`);
  const { folder, json, quick = false } = values;
  return { suite, quick, json, folder, rounds: parseRounds(values.rounds) };
}

type Parsed = ReturnType<typeof parseUnchecked>;

function parse(argv: readonly string[]): Parsed {
  try {
    return parseUnchecked(argv);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseUnchecked(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      json: { type: 'string' },
      rounds: { type: 'string' },
      folder: { type: 'string' },
    },
  });
}

function parseRounds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds is a whole number from 1 on, not "${text}"`);
  }
  return rounds;
}
