/** Peers between their TCP connection and the end of their TLS handshake. */
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { DwcpError } from '@dwcp/core';
import { formatAddress } from './address.ts';
import { handshakeFailed, systemCode } from './failures.ts';

/** What becomes of a peer. */
export interface HandshakeOutcome {
  /** The peer proved who it is. */
  onSecure(socket: TLSSocket, raw: Socket): void;
  /** The peer is gone: it failed, took too long or came when there were too many. */
  onError(error: DwcpError): void;
}

/** Runs handshakes, at most `maxPending` at a time. */
export class Handshakes {
  readonly #server: Server;
  readonly #maxPending: number;
  readonly #outcome: HandshakeOutcome;
  /** By remote address and port, which is what the TLS server's events can be told apart by. */
  readonly #pending = new Map<string, Socket>();

  constructor(server: Server, maxPending: number, outcome: HandshakeOutcome) {
    this.#server = server;
    this.#maxPending = maxPending;
    this.#outcome = outcome;
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (cause, socket) => this.#failed(cause, socket));
  }

  /** Starts the handshake with a new peer, or resets it. */
  begin(raw: Socket): void {
    const peer = peerOf(raw);
    raw.on('error', ignore);
    // The kernel gives an address and port again only when it has dropped the older connection.
    this.#pending.get(peer)?.destroy();
    if (this.#pending.size >= this.#maxPending) {
      raw.resetAndDestroy();
      const message = `reset ${peer}: maxPendingHandshakes = ${this.#maxPending} are under way`;
      this.#outcome.onError(new DwcpError('ERR_DWCP_BUSY', message));
      return;
    }
    this.#pending.set(peer, raw);
    raw.once('close', () => this.#forget(peer, raw));
    this.#server.emit('connection', raw);
  }

  /** Resets every peer that is still in its handshake. */
  stop(): void {
    for (const raw of this.#pending.values()) raw.resetAndDestroy();
  }

  #forget(peer: string, raw: Socket): void {
    if (this.#pending.get(peer) === raw) this.#pending.delete(peer);
  }

  #secured(socket: TLSSocket): void {
    const peer = peerOf(socket);
    const raw = this.#pending.get(peer);
    if (raw === undefined) {
      // A peer that was reset meanwhile has no address any more.
      this.#failed(new Error('the peer is gone'), socket);
      return;
    }
    this.#pending.delete(peer);
    this.#outcome.onSecure(socket, raw);
  }

  #failed(cause: unknown, socket: TLSSocket): void {
    socket.on('error', ignore);
    socket.destroy();
    this.#outcome.onError(handshakeError(cause, socket));
  }
}

function handshakeError(cause: unknown, socket: TLSSocket): DwcpError {
  const peer = peerOf(socket);
  if (systemCode(cause) === 'ERR_TLS_HANDSHAKE_TIMEOUT') {
    return new DwcpError(
      'ERR_DWCP_TIMEOUT',
      `${peer} did not finish the TLS handshake within handshakeTimeoutMs`,
      { cause },
    );
  }
  // Node refuses a certificate of a foreign authority by closing, and says why only here.
  return handshakeFailed(peer, socket.authorizationError ?? cause);
}

function peerOf(socket: Socket): string {
  return formatAddress(socket.remoteAddress ?? '', socket.remotePort ?? 0);
}

/** Failures are reported by the TLS server; Node needs a listener that stays. */
function ignore(): void {}
