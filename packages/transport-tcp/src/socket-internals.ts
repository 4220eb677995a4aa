/**
 * The one place that touches undocumented parts of Node. Everything here answers in a harmless
 * way when a part is missing.
 */
import type { OnReadOpts, Socket } from 'node:net';

interface BufferedHandle {
  useUserBuffer(buffer: Uint8Array): void;
}

interface ConnectedHandle {
  /** 0, or a negative error number. */
  getpeername(name: object): number;
}

function isBufferedHandle(handle: unknown): handle is BufferedHandle {
  return hasMethod(handle, 'useUserBuffer');
}

function isConnectedHandle(handle: unknown): handle is ConnectedHandle {
  return hasMethod(handle, 'getpeername');
}

function hasMethod(handle: unknown, name: string): boolean {
  return (
    typeof handle === 'object' && handle !== null && typeof Reflect.get(handle, name) === 'function'
  );
}

/** The socket's own symbol of that description, if its value is still null: no buffer in use. */
function unusedSlot(socket: Socket, description: string): symbol | undefined {
  const slot = Object.getOwnPropertySymbols(socket).find(
    (symbol) => symbol.description === description,
  );
  return slot !== undefined && Reflect.get(socket, slot) === null ? slot : undefined;
}

/**
 * Makes all further reads of `socket` land in `onread.buffer`; false when this Node cannot.
 *
 * `onread` of `net.connect` makes a socket read into a buffer of ours. There is no such option
 * for accepted sockets, so this sets what that option sets: the symbols `kBuffer` and `kBufferCb`
 * of the socket (lib/net.js) and `useUserBuffer` of its handle. Seen the same in Node 22, 24
 * and 26.
 */
export function readIntoBuffer(socket: Socket, { buffer, callback }: OnReadOpts): boolean {
  const handle: unknown = Reflect.get(socket, '_handle');
  const bufferSlot = unusedSlot(socket, 'kBuffer');
  const callbackSlot = unusedSlot(socket, 'kBufferCb');
  const generatorSlot = unusedSlot(socket, 'kBufferGen');
  if (!isBufferedHandle(handle) || !(buffer instanceof Uint8Array)) return false;
  if (bufferSlot === undefined || callbackSlot === undefined || generatorSlot === undefined)
    return false;
  handle.useUserBuffer(buffer);
  Reflect.set(socket, bufferSlot, buffer);
  Reflect.set(socket, callbackSlot, callback);
  return true;
}

/**
 * True when the kernel has dropped the connection of a socket that has not ended its own side.
 *
 * A reset right behind data looks like an orderly end in two cases: libuv before 1.52 takes the
 * hang-up of the poll for one, and OpenSSL's own writes (session tickets) may meet the reset
 * first and swallow it. The kernel still knows: a reset connection has no peer (ENOTCONN).
 */
export function isDisconnected(socket: Socket): boolean {
  const handle: unknown = Reflect.get(socket, '_handle');
  return isConnectedHandle(handle) && handle.getpeername({}) < 0;
}
