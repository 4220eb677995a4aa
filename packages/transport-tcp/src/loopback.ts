/** Which addresses are reachable from this machine only. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { abortedError, DwcpError } from '@dwcp/core';

// 127.0.0.0/8 by RFC 1122 section 3.2.1.3, ::1 by RFC 4291 section 2.5.3. A BlockList also
// matches IPv4 addresses in their IPv6-mapped form (::ffff:127.0.0.1).
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for an IP address that only this machine reaches. Names and the empty host are not. */
export function isLoopback(ip: string): boolean {
  const version = isIP(ip);
  if (version === 0 || ip.includes('%')) return false;
  return loopback.check(ip, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The IP address to bind for `host`: itself, or what the system resolves the name to, so that
 * what was checked is what is bound. The empty host stays empty: every interface.
 */
export async function resolveHost(host: string, signal: AbortSignal | undefined): Promise<string> {
  if (host === '' || isIP(host) !== 0) return host;
  try {
    const { address } = await orAborted(lookup(host), signal);
    return address;
  } catch (cause) {
    if (signal?.aborted) throw abortedError(signal);
    throw new DwcpError('ERR_DWCP_LISTEN_FAILED', `cannot resolve "${host}"`, { cause });
  }
}

/** A lookup cannot be cancelled, only left behind. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(abortedError(signal));
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
