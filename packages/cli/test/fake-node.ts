/** A node that does what a test says, and the command run with it. */
import { DwcpError } from '@dwcp/core';
import type { DwcpNode, NodeOptions, TransferReport } from '@dwcp/node';
import type { CliIo } from '../src/io.ts';
import { run } from '../src/run.ts';
import { recordedIo, type Recorder } from './streams.ts';

/** A report of a transfer in which nothing went wrong. */
export const report: TransferReport = {
  totalFiles: 3,
  totalBytes: 1_500_000,
  sameFiles: 1,
  writtenFiles: 2,
  writtenBytes: 1_200_000,
  copiedBytes: 0,
  problems: [],
  problemCount: 0,
  wireBytes: 400_000,
  streams: 4,
  elapsedMs: 250,
  skipped: [],
  skippedCount: 0,
  attempts: 1,
};

/** What a run with a fake node left behind. */
export interface FakeRun {
  readonly code: number;
  readonly stdout: Recorder;
  readonly stderr: Recorder;
  /** What the node was made with; undefined when none was made. */
  readonly options: NodeOptions | undefined;
  readonly stops: number;
}

type Calls = Partial<Pick<DwcpNode, 'pull' | 'push' | 'serve'>>;

/** Runs the command with a node whose calls are given; the others fail. */
export async function runWith(
  argv: readonly string[],
  calls: Calls = {},
  extra: Partial<CliIo> = {},
): Promise<FakeRun> {
  let options: NodeOptions | undefined;
  let stops = 0;
  const unexpected = () =>
    Promise.reject(new DwcpError('ERR_DWCP_INVALID_STATE', 'the test expects no such call'));
  const stop = async () => {
    stops += 1;
  };
  const node: DwcpNode = {
    pull: unexpected,
    push: unexpected,
    serve: unexpected,
    ...calls,
    stop,
    [Symbol.asyncDispose]: stop,
  };
  const io = recordedIo({
    ...extra,
    createNode: (given: NodeOptions) => {
      options = given;
      return node;
    },
  });
  const code = await run(argv, io);
  return { code, stdout: io.stdout, stderr: io.stderr, options, stops };
}
