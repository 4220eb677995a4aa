/** What the three commands have in common: a node, a reporter, and an end in order. */
import { inspect } from 'node:util';
import type { DwcpNode, NodeOptions } from '@dwcp/node';
import { describeFailure, failedCode } from '../failure.ts';
import type { CliIo } from '../io.ts';
import { createReporter, type Reporter, type ReportFlags } from '../output/reporter.ts';

/** What the work of a command gets. */
export interface Execution {
  /** Tells what happens. */
  readonly reporter: Reporter;
  /** Makes the node; it is stopped when the work has ended. */
  readonly open: (options: NodeOptions) => Promise<DwcpNode>;
}

/** Runs the work of a command, tells what went wrong, and resolves to the exit code. */
export async function execute(
  io: CliIo,
  flags: ReportFlags,
  work: (execution: Execution) => Promise<number>,
): Promise<number> {
  const reporter = await createReporter(io, flags);
  let node: DwcpNode | undefined;
  const open = async (options: NodeOptions): Promise<DwcpNode> => {
    node = await createNode(io, options);
    return node;
  };
  try {
    return await work({ reporter, open });
  } catch (error) {
    reporter.report({ event: 'error', fatal: true, ...describeFailure(error) });
    if (io.debug) io.stderr.write(`${inspect(error)}\n`);
    return failedCode(error, io.signal);
  } finally {
    reporter.close();
    await node?.stop();
  }
}

async function createNode(io: CliIo, options: NodeOptions): Promise<DwcpNode> {
  if (io.createNode) return io.createNode(options);
  // Loaded here, so that help, version and mistakes in the command line do not wait for it.
  const library = await import('@dwcp/node');
  return library.createNode(options);
}
