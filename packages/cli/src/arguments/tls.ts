/** The options for encryption, from files to what the node takes. */
import { readFileSync } from 'node:fs';
import { DwcpError } from '@dwcp/core';
import type { TcpTlsOptions } from '@dwcp/node';
import { type Command, InvalidArgumentError } from 'commander';

/** The options as `commander` hands them over, files already read. */
export interface TlsFlags {
  /** Certificate chain of this side. */
  readonly tlsCert?: Buffer;
  /** Its private key. */
  readonly tlsKey?: Buffer;
  /** Authorities that the other side's certificate must come from. */
  readonly tlsCa?: Buffer;
  /** Name that the certificate of a dialed listener must bear. */
  readonly serverName?: string;
}

/** Adds the options that name files. */
export function addTlsOptions(command: Command): Command {
  return command
    .option('--tls-cert <file>', 'certificate chain of this side (PEM)', readPem)
    .option('--tls-key <file>', 'its private key (PEM)', readPem)
    .option('--tls-ca <file>', 'authorities that the other side must come from (PEM)', readPem);
}

/**
 * What a serving node needs. Without an authority its peers are encrypted but may be anybody, so
 * that it counts as insecure beyond loopback. Throws `ERR_DWCP_INVALID_ARGUMENT`.
 */
export function servingTls(flags: TlsFlags): TcpTlsOptions | undefined {
  const tls = dialingTls(flags);
  if (tls === undefined) return undefined;
  if (tls.cert === undefined) throw lacking('--tls-ca', '--tls-cert and --tls-key');
  return { ...tls, requestClientCertificate: tls.ca !== undefined };
}

/** What a dialing node needs; any option switches TLS on. Throws `ERR_DWCP_INVALID_ARGUMENT`. */
export function dialingTls(flags: TlsFlags): TcpTlsOptions | undefined {
  const { serverName, tlsCa, tlsCert, tlsKey } = flags;
  if (tlsCert !== undefined && tlsKey === undefined) throw lacking('--tls-cert', '--tls-key');
  if (tlsKey !== undefined && tlsCert === undefined) throw lacking('--tls-key', '--tls-cert');
  const tls = {
    ...(tlsCert && { cert: tlsCert }),
    ...(tlsKey && { key: tlsKey }),
    ...(tlsCa && { ca: tlsCa }),
    ...(serverName !== undefined && { serverName }),
  };
  return Object.keys(tls).length > 0 ? tls : undefined;
}

function lacking(given: string, missing: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `${given} needs ${missing}`);
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
