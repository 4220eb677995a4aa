/** TLS 1.3: what Node is told, and what a peer's certificate says. */
import { isIP, type Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { DwcpError } from '@dwcp/core';
import type { TcpSettings, TcpTlsOptions } from './options.ts';

function contextOptions({ cert, key, ca }: TcpTlsOptions): SecureContextOptions {
  return {
    minVersion: 'TLSv1.3',
    ...(cert !== undefined && { cert: pem(cert) }),
    ...(key !== undefined && { key: pem(key) }),
    ...(ca !== undefined && { ca: [ca].flat().map(pem) }),
  };
}

function pem(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value);
}

/** Throws `ERR_DWCP_INVALID_ARGUMENT` when OpenSSL cannot read the keys and certificates. */
export function checkTls(tls: TcpTlsOptions): void {
  try {
    createSecureContext(contextOptions(tls));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `cannot use tls.cert, tls.key or tls.ca: ${reason}`,
      { cause },
    );
  }
}

/** A TLS server that gets its sockets by `emit('connection')`. */
export function secureServer(tls: TcpTlsOptions, settings: TcpSettings): Server {
  if (tls.cert === undefined || tls.key === undefined) {
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      'listening with TLS needs tls.cert and tls.key',
    );
  }
  if (settings.mutual && tls.ca === undefined) {
    // Node would fall back to the public authorities and let everybody in who has any certificate.
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      'listening with client certificates needs tls.ca',
    );
  }
  return createServer({
    ...contextOptions(tls),
    allowHalfOpen: true,
    requestCert: settings.mutual,
    rejectUnauthorized: settings.mutual,
    handshakeTimeout: settings.handshakeTimeoutMs,
  });
}

/** Starts TLS as the dialing side; the socket emits 'secureConnect' when `host` proved its name. */
export function secureClient(raw: Socket, host: string, tls: TcpTlsOptions): TLSSocket {
  const name = tls.serverName ?? host;
  return connect({
    ...contextOptions(tls),
    socket: raw,
    host: name,
    // Server Name Indication carries names only (RFC 6066, section 3).
    ...(isIP(name) === 0 && { servername: name }),
  });
}

/** The first DNS name of the peer's certificate, else its common name; undefined without proof. */
export function peerName(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const { subject, subjectaltname } = socket.getPeerCertificate();
  return firstDnsName(subjectaltname ?? '') ?? [subject?.CN].flat()[0];
}

/** Entries are separated by commas; Node quotes a value that has one itself (as JSON does). */
const alternativeForm = /(?:"(?:\\.|[^"\\])*"|[^",])+/g;

/**
 * Reads Node's text form of a subject alternative name: `DNS:a.example, IP Address:10.0.0.1`.
 * A name that Node had to quote is not taken.
 */
export function firstDnsName(alternatives: string): string | undefined {
  const entries = alternatives.match(alternativeForm)?.map((entry) => entry.trim());
  const name = entries?.find((entry) => entry.startsWith('DNS:'))?.slice('DNS:'.length);
  return name === undefined || name.includes('"') ? undefined : name;
}
