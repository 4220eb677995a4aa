/**
 * TCP and TLS connections for DWCP.
 *
 * @packageDocumentation
 */
export { formatAddress, parseAddress, type TcpAddress } from './address.ts';
export type { TcpOptions, TcpTlsOptions } from './options.ts';
export type { ReceivePath } from './receive.ts';
export { tcp } from './tcp.ts';
