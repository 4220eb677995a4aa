/** The factory of this package. */
import type { AbortOptions, DialOptions, Listener, Session } from '@dwcp/core';
import { dialSession } from './driver/dial.ts';
import { listenSessions, type SessionHandler } from './driver/listen.ts';
import { resolveOptions, type AmstOptions } from './options.ts';

/** Makes sessions over a transport. */
export interface Amst {
  /** 128-bit id of this process, 32 hex digits: what the peer sees as `peerId`. */
  readonly nodeId: string;
  /**
   * Opens a session to a listener. Resolves after the first connection; the others join while the
   * session is in use. Rejects with what the transport's `dial` rejects with, with
   * `ERR_DWCP_TIMEOUT`, `ERR_DWCP_MALFORMED` or `ERR_DWCP_VERSION_MISMATCH` when the handshake
   * fails, and with the code that a peer rejects with, for example `ERR_DWCP_BUSY`.
   */
  dial(address: string, options?: DialOptions): Promise<Session>;
  /**
   * Listens for sessions. Rejects with what the transport's `listen` rejects with. Closing the
   * listener leaves its sessions open.
   */
  listen(address: string, handler: SessionHandler, options?: AbortOptions): Promise<Listener>;
}

/**
 * Adaptive multi-stream transport: messages and bulk transfers over several connections of the
 * transport it is given. Throws `ERR_DWCP_INVALID_ARGUMENT` for an option outside its range.
 */
export function amst(options: AmstOptions): Amst {
  const settings = resolveOptions(options);
  return {
    nodeId: Buffer.from(settings.nodeId).toString('hex'),
    dial: (address, dialOptions = {}) => dialSession(settings, address, dialOptions),
    listen: (address, handler, listenOptions = {}) =>
      listenSessions(settings, address, handler, listenOptions),
  };
}
