/** `dwcp pull` */
import type { Command } from 'commander';
import { parseRemote, type Remote } from '../arguments/remote.ts';
import type { CliIo } from '../io.ts';
import { execute } from './execute.ts';
import {
  addTransferOptions,
  finish,
  nodeOptions,
  type TransferFlags,
  transferOptions,
} from './transfer.ts';

interface PullFlags extends TransferFlags {
  readonly sync: boolean;
}

const examples = `
The content of a directory goes straight into TARGET, which is made when it is missing.

Examples:
  dwcp pull 10.0.0.7:4747/photos photos
  dwcp pull 10.0.0.7:4747/photos/cat.jpg
  dwcp pull [::1]:4747 everything --json
`;

/** Adds the command. */
export function addPull(program: Command, io: CliIo, onEnd: (code: number) => void): void {
  const command = program
    .command('pull')
    .description('fetch a file or directory; only what differs travels')
    .argument(
      '<host:port[/path]>',
      'a serving dwcp, and what to fetch; all without PATH',
      parseRemote,
    )
    .argument('[target]', 'directory of this machine that it goes to', '.');
  addTransferOptions(command)
    .option('--no-sync', 'do not wait for the disk: faster, but a power failure may damage files')
    .addHelpText('after', examples)
    .action(async (remote: Remote, target: string, flags: PullFlags) =>
      onEnd(await pull(io, remote, target, flags)),
    );
}

function pull(io: CliIo, remote: Remote, target: string, flags: PullFlags): Promise<number> {
  return execute(io, flags, async ({ open, reporter }) => {
    const node = await open({ ...nodeOptions(flags), durable: flags.sync });
    const report = await node.pull({
      path: remote.path ?? '',
      target,
      address: remote.address,
      ...transferOptions(io, flags, reporter),
    });
    return finish(reporter, { operation: 'pull', path: target }, report);
  });
}
