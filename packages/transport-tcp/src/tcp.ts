/** The factory of the TCP and TLS transport. */
import type { Transport } from '@dwcp/core';
import { dial } from './dial.ts';
import { listen } from './listen.ts';
import { readOptions, type TcpOptions } from './options.ts';
import { checkTls } from './secure.ts';

/**
 * A transport over TCP, or over TLS 1.3 when `tls` is given. Throws `ERR_DWCP_INVALID_ARGUMENT`
 * for options out of range and for keys or certificates that cannot be read.
 *
 * @example
 * ```ts
 * import { tcp } from '@dwcp/transport-tcp';
 *
 * const transport = tcp();
 * transport.name; // => 'tcp'
 * const listener = await transport.listen('127.0.0.1:0', { onConnection: (peer) => peer.close() });
 * listener.address.startsWith('127.0.0.1:'); // => true
 * await listener.close();
 * ```
 */
export function tcp(options: TcpOptions = {}): Transport {
  const settings = readOptions(options);
  if (settings.tls !== undefined) checkTls(settings.tls);
  return {
    name: settings.tls === undefined ? 'tcp' : 'tls',
    capabilities: {
      secure: settings.mutual,
      pathStats: false,
      congestionControls: [],
      pacing: false,
      zeroCopy: false,
    },
    dial: (address, dialOptions) => dial(settings, address, dialOptions),
    listen: (address, handler, listenOptions) => listen(settings, address, handler, listenOptions),
  };
}
