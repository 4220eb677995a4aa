/** From Node's errors to the codes of `@dwcp/core`. */
import { DwcpError } from '@dwcp/core';

/** `ECONNRESET`, `ERR_SSL_…`, or undefined. */
export function systemCode(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

function reason(cause: unknown): string {
  return systemCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
}

/** A dial failed before the connection stood: `ERR_DWCP_CONNECT_FAILED`. */
export function connectFailed(address: string, cause: unknown): DwcpError {
  return new DwcpError(
    'ERR_DWCP_CONNECT_FAILED',
    `cannot connect to ${address}: ${reason(cause)}`,
    { cause },
  );
}

/** The address cannot be listened on: `ERR_DWCP_LISTEN_FAILED`. */
export function listenFailed(address: string, cause: unknown): DwcpError {
  return new DwcpError('ERR_DWCP_LISTEN_FAILED', `cannot listen on ${address}: ${reason(cause)}`, {
    cause,
  });
}

/** A TLS handshake failed: `ERR_DWCP_AUTHENTICATION_FAILED`. */
export function handshakeFailed(address: string, cause: unknown): DwcpError {
  const message = `the TLS handshake with ${address} failed: ${reason(cause)}`;
  return new DwcpError('ERR_DWCP_AUTHENTICATION_FAILED', message, { cause });
}

/**
 * An established connection failed: `ERR_DWCP_AUTHENTICATION_FAILED` when the TLS layer gave up
 * (in TLS 1.3 a server refuses a client's certificate only after the client's handshake is
 * done, RFC 8446 section 4.4.2.4), else `ERR_DWCP_CONNECTION_LOST`.
 */
export function connectionFailed(address: string, cause: unknown): DwcpError {
  if (systemCode(cause)?.startsWith('ERR_SSL_')) return handshakeFailed(address, cause);
  const message = `the connection with ${address} was lost: ${reason(cause)}`;
  return new DwcpError('ERR_DWCP_CONNECTION_LOST', message, { cause });
}
