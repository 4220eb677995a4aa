/** Making connections. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  abortedError,
  DwcpError,
  isDwcpError,
  throwIfAborted,
  type Connection,
  type DialOptions,
} from '@dwcp/core';
import { parseAddress, type TcpAddress } from './address.ts';
import { SocketConnection } from './connection.ts';
import { connectFailed, handshakeFailed, systemCode } from './failures.ts';
import { checkRange, type TcpSettings, type TcpTlsOptions } from './options.ts';
import { Intake } from './receive.ts';
import { peerName, secureClient } from './secure.ts';

const defaultTimeoutMs = 10_000;

/** Connects to `address`, through the TLS handshake if there is one. */
export async function dial(
  settings: TcpSettings,
  address: string,
  options: DialOptions = {},
): Promise<Connection> {
  const { signal, timeoutMs = defaultTimeoutMs } = options;
  throwIfAborted(signal);
  checkRange('timeoutMs', timeoutMs, 1, 2 ** 31 - 1);
  const target = parseAddress(address);
  if (target.host === '' || target.port === 0) {
    throw new DwcpError(
      'ERR_DWCP_INVALID_ARGUMENT',
      `dialing needs a host and a port, not "${address}"`,
    );
  }
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal && abortedError(signal));
  const timer = setTimeout(() => stop.abort(timedOut(address, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await attempt(settings, target, stop.signal);
  } catch (cause) {
    if (stop.signal.aborted) throw stop.signal.reason;
    throw isDwcpError(cause) ? cause : connectFailed(address, cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function attempt(
  settings: TcpSettings,
  target: TcpAddress,
  signal: AbortSignal,
): Promise<Connection> {
  const { tls, sendHighWaterBytes } = settings;
  const intake = new Intake();
  const raw = openSocket(settings, target, intake);
  try {
    await once(raw, 'connect', { signal });
    if (tls === undefined) {
      const adopt = settings.receivePath === 'buffer' ? undefined : settings.receivePath;
      return new SocketConnection({
        socket: raw,
        raw,
        intake,
        adopt,
        peerName: undefined,
        sendHighWaterBytes,
      });
    }
    const socket = await secure(raw, target.host, tls, signal);
    return new SocketConnection({
      socket,
      raw,
      intake,
      adopt: settings.receivePath,
      peerName: peerName(socket),
      sendHighWaterBytes,
    });
  } catch (cause) {
    raw.destroy();
    throw cause;
  }
}

function openSocket(settings: TcpSettings, { host, port }: TcpAddress, intake: Intake): Socket {
  const raw = connect({
    host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: settings.keepAliveMs > 0,
    keepAliveInitialDelay: settings.keepAliveMs,
    // A socket under TLS must not read by itself: the TLS socket takes its bytes.
    ...(settings.tls === undefined &&
      settings.receivePath === 'buffer' && { onread: intake.onread }),
  });
  // Nothing is read before `open`; without this Node would start on its own.
  raw.pause();
  raw.on('error', ignore);
  return raw;
}

async function secure(
  raw: Socket,
  host: string,
  tls: TcpTlsOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = secureClient(raw, host, tls);
  socket.on('error', ignore);
  await once(socket, 'secureConnect', { signal }).catch(asHandshakeFailure(host));
  return socket;
}

/** A network failure in the handshake stays one: trying again may help. */
function asHandshakeFailure(host: string): (cause: unknown) => never {
  return (cause) => {
    const code = systemCode(cause) ?? '';
    throw code === 'ABORT_ERR' || /^E[A-Z]+$/.test(code) ? cause : handshakeFailed(host, cause);
  };
}

function timedOut(address: string, timeoutMs: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_TIMEOUT',
    `no connection with ${address} within timeoutMs = ${timeoutMs}`,
  );
}

/** Errors are taken from the awaited event; Node needs a listener that stays. */
function ignore(): void {}
