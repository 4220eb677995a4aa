/** `dwcp push` */
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

const examples = `
A directory goes to one of the same name below the served directory, or to DEST; its content goes
straight into the served directory with HOST:PORT/ (a slash and nothing more).

Examples:
  dwcp push photos 10.0.0.7:4747
  dwcp push photos [::1]:4747/backup/photos
  dwcp push report.pdf 10.0.0.7:4747 --tls-cert me.pem --tls-key key.pem --tls-ca ca.pem
`;

/** Adds the command. */
export function addPush(program: Command, io: CliIo, onEnd: (code: number) => void): void {
  const command = program
    .command('push')
    .description('send a file or directory; only what differs travels')
    .argument('<path>', 'file or directory of this machine')
    .argument(
      '<host:port[/dest]>',
      'a serving dwcp, and the directory that it goes to',
      parseRemote,
    );
  addTransferOptions(command)
    .addHelpText('after', examples)
    .action(async (path: string, remote: Remote, flags: TransferFlags) =>
      onEnd(await push(io, path, remote, flags)),
    );
}

function push(io: CliIo, path: string, remote: Remote, flags: TransferFlags): Promise<number> {
  return execute(io, flags, async ({ open, reporter }) => {
    const node = await open(nodeOptions(flags));
    const report = await node.push({
      path,
      address: remote.address,
      ...(remote.path !== undefined && { destination: remote.path }),
      ...transferOptions(io, flags, reporter),
    });
    return finish(reporter, { operation: 'push', path }, report);
  });
}
