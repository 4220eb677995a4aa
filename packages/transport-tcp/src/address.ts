/**
 * Addresses of this transport: `host:port`, with brackets around an IPv6 address
 * (RFC 3986, section 3.2.2): `db.example:4747`, `10.0.0.7:4747`, `[::1]:4747`.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { DwcpError } from '@dwcp/core';

/** A host and a port. */
export interface TcpAddress {
  /** A name or an IP address without brackets; empty means every interface (listening only). */
  readonly host: string;
  /** 0 … 65535; 0 asks for a free port (listening only). */
  readonly port: number;
}

/** A domain name has at most 253 characters (RFC 1035, section 2.3.4); a zone id makes IPv6 longer. */
const hostChars = 253;
const nameForm = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i;
const numberForm = /^[0-9.]+$/;
const portForm = /^[0-9]{1,5}$/;

/**
 * Reads an address; throws `ERR_DWCP_INVALID_ARGUMENT` for anything else.
 *
 * @example
 * ```ts
 * import { parseAddress } from '@dwcp/transport-tcp';
 *
 * parseAddress('[::1]:4747'); // => { host: '::1', port: 4747 }
 * parseAddress('localhost:0'); // => { host: 'localhost', port: 0 }
 * ```
 */
export function parseAddress(text: string): TcpAddress {
  const colon = text.lastIndexOf(':');
  const portText = text.slice(colon + 1);
  const port = Number(portText);
  if (colon < 0 || !portForm.test(portText) || port > 65535) {
    throw invalid(text, 'it must end in a colon and a port of 0 … 65535');
  }
  return { host: readHost(text, text.slice(0, colon)), port };
}

function readHost(text: string, host: string): string {
  if (host.length > hostChars + 2)
    throw invalid(text, `the host is longer than ${hostChars} characters`);
  if (host.startsWith('[') && host.endsWith(']')) {
    const inner = host.slice(1, -1);
    if (isIPv6(inner)) return inner;
    throw invalid(text, 'the brackets do not hold an IPv6 address');
  }
  if (host.includes(':')) throw invalid(text, 'an IPv6 address needs brackets: [::1]:4747');
  if (host === '' || isIPv4(host)) return host;
  // Short and octal forms such as 127.1 or 010.0.0.1 are read differently by different libraries.
  if (numberForm.test(host)) throw invalid(text, 'an IPv4 address has four numbers of 0 … 255');
  if (host.length > hostChars || !nameForm.test(host))
    throw invalid(text, 'the host is neither a name nor an IP address');
  return host;
}

/** The text form of a host and a port; the reverse of {@link parseAddress}. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function invalid(text: string, reason: string): DwcpError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new DwcpError(
    'ERR_DWCP_INVALID_ARGUMENT',
    `cannot read the address "${shown}": ${reason}`,
  );
}
