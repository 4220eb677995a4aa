/** `dwcp serve` */
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { ServeEvents, TcpTlsOptions } from '@dwcp/node';
import type { Command } from 'commander';
import { addTlsOptions, servingTls, type TlsFlags } from '../arguments/tls.ts';
import { exitCodes } from '../exit-codes.ts';
import { describeFailure, stoppedCode } from '../failure.ts';
import type { CliIo } from '../io.ts';
import type { ListeningEvent } from '../output/events.ts';
import type { Reporter, ReportFlags } from '../output/reporter.ts';
import { execute } from './execute.ts';

interface ServeFlags extends TlsFlags, ReportFlags {
  readonly insecure?: boolean;
  readonly listen: string;
  readonly sync: boolean;
}

const examples = `
Examples:
  dwcp serve /srv/inbox
  dwcp serve . --listen [::1]:0 --json
  dwcp serve /srv/inbox --listen 0.0.0.0:4747 --tls-cert me.pem --tls-key key.pem --tls-ca ca.pem
`;

/** Adds the command. */
export function addServe(program: Command, io: CliIo, onEnd: (code: number) => void): void {
  const command = program
    .command('serve')
    .description('let other machines push into a directory and pull from it')
    .argument('<dir>', 'the directory; nothing outside of it can be read or written')
    .option('--listen <host:port>', 'where to listen; port 0 takes a free one', '127.0.0.1:4747');
  addTlsOptions(command)
    .option('--insecure', 'listen beyond loopback without certificates of both sides')
    .option('--no-sync', 'do not wait for the disk: faster, but a power failure may damage files')
    .option('--json', 'write one JSON object a line')
    .addHelpText('after', examples)
    .action(async (dir: string, flags: ServeFlags) => onEnd(await serve(io, resolve(dir), flags)));
}

function serve(io: CliIo, root: string, flags: ServeFlags): Promise<number> {
  return execute(io, flags, async ({ open, reporter }) => {
    const { insecure = false, listen, sync } = flags;
    const tls = servingTls(flags);
    const node = await open({ durable: sync, insecure, ...(tls && { tls }) });
    const served = await node.serve({
      root,
      address: listen,
      on: peerEvents(reporter),
      ...(io.signal && { signal: io.signal }),
    });
    const security = securityOf(tls);
    reporter.report({ event: 'listening', address: served.address, root, security });
    const code = await stopped(io.signal);
    await served.close();
    return code;
  });
}

function peerEvents(reporter: Reporter): ServeEvents {
  return {
    session: (peer) => reporter.report({ event: 'session', peer }),
    operation: ({ error, kind, outcome, path }, peer) =>
      reporter.report({
        event: 'operation',
        operation: kind,
        path,
        peer,
        ...(outcome && { outcome }),
        ...(error && { error: describeFailure(error) }),
      }),
    error: (error, peer) =>
      reporter.report({
        event: 'error',
        fatal: false,
        ...describeFailure(error),
        ...(peer && { peer }),
      }),
  };
}

function securityOf(tls: TcpTlsOptions | undefined): ListeningEvent['security'] {
  if (tls === undefined) return 'none';
  return tls.requestClientCertificate === false ? 'encrypted' : 'mutual';
}

/** Waits for the request to end. A service that ends on SIGTERM has done what it was told. */
async function stopped(signal: AbortSignal | undefined): Promise<number> {
  if (signal === undefined) return new Promise<number>(() => {});
  if (!signal.aborted) await once(signal, 'abort');
  return signal.reason === 'SIGTERM' ? exitCodes.ok : stoppedCode(signal);
}
