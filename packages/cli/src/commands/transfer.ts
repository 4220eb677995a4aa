/** What `dwcp push` and `dwcp pull` share. */
import type { CodecName, NodeOptions, TransferOptions, TransferReport } from '@dwcp/node';
import { type Command, Option } from 'commander';
import { countBetween } from '../arguments/count.ts';
import { addTlsOptions, dialingTls, type TlsFlags } from '../arguments/tls.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure } from '../failure.ts';
import type { CliIo } from '../io.ts';
import type { DoneEvent } from '../output/events.ts';
import type { Reporter, ReportFlags } from '../output/reporter.ts';

/** The options of both. */
export interface TransferFlags extends TlsFlags, ReportFlags {
  /** Connections. */
  readonly streams: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Encodes blocks. */
  readonly codec: 'auto' | CodecName;
}

/** Adds the options of both. */
export function addTransferOptions(command: Command): Command {
  command
    .option('--streams <n>', 'connections to use, 1 to 16', countBetween(1, 16), 4)
    .option(
      '--retries <n>',
      'attempts after a failed one; they count anew whenever something moved',
      countBetween(0, 1_000_000),
      5,
    )
    .addOption(
      new Option('--codec <name>', 'how to compress')
        .choices(['auto', 'none', 'lz4', 'zstd'])
        .default('auto'),
    );
  return addTlsOptions(command)
    .option('--server-name <name>', 'name in the certificate of the other side, if not its host')
    .option('--json', 'write one JSON object a line')
    .addOption(new Option('--quiet', 'tell only errors and files that failed').conflicts('json'));
}

/** The node that the options ask for. Throws `ERR_DWCP_INVALID_ARGUMENT`. */
export function nodeOptions(flags: TransferFlags): NodeOptions {
  const { codec, streams } = flags;
  const tls = dialingTls(flags);
  // Nothing else runs in this process that disk work could hold up.
  const own = { streams, diskThreads: false };
  return { ...own, ...(codec !== 'auto' && { codec }), ...(tls && { tls }) };
}

/** The part of a call to the node that both have. */
export function transferOptions(
  { signal }: CliIo,
  { retries }: TransferFlags,
  reporter: Reporter,
): Omit<TransferOptions, 'address'> {
  return {
    retries,
    ...(signal && { signal }),
    onProgress: (progress) => reporter.report({ event: 'progress', ...progress }),
    onRetry: ({ attempt, delayMs, error }) =>
      reporter.report({ event: 'retry', attempt, delayMs, error: describeFailure(error) }),
  };
}

/** Tells the result and returns the exit code. */
export function finish(
  reporter: Reporter,
  what: Pick<DoneEvent, 'operation' | 'path'>,
  report: TransferReport,
): number {
  reporter.report({ event: 'done', ...what, ...report });
  return report.problemCount > 0 ? exitCodes.incomplete : exitCodes.ok;
}
