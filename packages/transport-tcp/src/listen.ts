/** Accepting connections. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  abortedError,
  DwcpError,
  offerConnection,
  reportError,
  throwIfAborted,
  type AbortOptions,
  type ListenHandler,
  type Listener,
} from '@dwcp/core';
import { formatAddress, parseAddress } from './address.ts';
import { SocketConnection } from './connection.ts';
import { listenFailed } from './failures.ts';
import { Handshakes } from './handshakes.ts';
import { isLoopback, resolveHost } from './loopback.ts';
import type { TcpSettings } from './options.ts';
import { Intake } from './receive.ts';
import { peerName, secureServer } from './secure.ts';

/** Listens on `address` and hands every peer that got through to `handler`. */
export async function listen(
  settings: TcpSettings,
  address: string,
  handler: ListenHandler,
  options: AbortOptions = {},
): Promise<Listener> {
  const { signal } = options;
  throwIfAborted(signal);
  const { host, port } = parseAddress(address);
  const ip = await resolveHost(host, signal);
  if (!settings.mutual && !settings.insecure && !isLoopback(ip)) {
    throw new DwcpError(
      'ERR_DWCP_INSECURE_LISTEN',
      `${address} is reachable from other machines: give tls with cert, key and ca, or set insecure`,
    );
  }
  const acceptor = new Acceptor(settings, handler);
  try {
    await acceptor.bind(ip, port, signal);
  } catch (cause) {
    await acceptor.close();
    throw signal?.aborted ? abortedError(signal) : listenFailed(address, cause);
  }
  return acceptor;
}

class Acceptor implements Listener {
  readonly #settings: TcpSettings;
  readonly #handler: ListenHandler;
  readonly #server: Server;
  readonly #handshakes: Handshakes | undefined;
  #closed = false;
  address = '';

  constructor(settings: TcpSettings, handler: ListenHandler) {
    this.#settings = settings;
    this.#handler = handler;
    if (settings.tls !== undefined) {
      this.#handshakes = new Handshakes(
        secureServer(settings.tls, settings),
        settings.maxPendingHandshakes,
        {
          onSecure: (socket, raw) => this.#accept(socket, raw, peerName(socket)),
          onError: (error) => this.#report(error),
        },
      );
    }
    this.#server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: settings.tls === undefined,
      noDelay: true,
      keepAlive: settings.keepAliveMs > 0,
      keepAliveInitialDelay: settings.keepAliveMs,
    });
  }

  async bind(ip: string, port: number, signal: AbortSignal | undefined): Promise<void> {
    const server = this.#server;
    server.maxConnections = this.#settings.maxConnections;
    server.listen(ip === '' ? { port } : { port, host: ip });
    await once(server, 'listening', signal && { signal });
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null)
      this.address = formatAddress(bound.address, bound.port);
    server.on('connection', (raw) => this.#arrived(raw));
    server.on('drop', () => this.#report(this.#tooMany()));
    server.on('error', (cause) => this.#report(listenFailed(this.address, cause)));
  }

  /** Node's own close waits for the connections; the port is free as soon as it was called. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    this.#handshakes?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #arrived(raw: Socket): void {
    if (this.#handshakes === undefined) this.#accept(raw, raw, undefined);
    else this.#handshakes.begin(raw);
  }

  #accept(socket: Socket, raw: Socket, name: string | undefined): void {
    const { receivePath: adopt, sendHighWaterBytes } = this.#settings;
    const connection = new SocketConnection({
      socket,
      raw,
      intake: new Intake(),
      adopt,
      peerName: name,
      sendHighWaterBytes,
    });
    offerConnection(this.#handler, connection);
  }

  #report(error: DwcpError): void {
    reportError(this.#handler, error);
  }

  #tooMany(): DwcpError {
    const { maxConnections } = this.#settings;
    return new DwcpError(
      'ERR_DWCP_BUSY',
      `${this.address} holds maxConnections = ${maxConnections}: a peer was dropped`,
    );
  }
}
