/**
 * The one place that touches undocumented parts of Node.
 *
 * `onread` of `net.connect` makes a socket read into a buffer of ours. There is no such option
 * for accepted sockets, so this sets what that option sets: the symbols `kBuffer` and `kBufferCb`
 * of the socket (lib/net.js) and `useUserBuffer` of its handle. Seen the same in Node 22, 24
 * and 26. If any of it is missing the answer is false, and the caller uses 'data' events.
 */
import type { OnReadOpts, Socket } from 'node:net';

interface BufferedHandle {
  useUserBuffer(buffer: Uint8Array): void;
}

function isBufferedHandle(handle: unknown): handle is BufferedHandle {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    typeof Reflect.get(handle, 'useUserBuffer') === 'function'
  );
}

/** The socket's own symbol of that description, if its value is still null: no buffer in use. */
function unusedSlot(socket: Socket, description: string): symbol | undefined {
  const slot = Object.getOwnPropertySymbols(socket).find(
    (symbol) => symbol.description === description,
  );
  return slot !== undefined && Reflect.get(socket, slot) === null ? slot : undefined;
}

/** Makes all further reads of `socket` land in `onread.buffer`; false when this Node cannot. */
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
