/** Transports with one defect each, around the memory transport. */
import { memoryTransport } from '@dwcp/core';
import type {
  Connection,
  ConnectionHandler,
  DialOptions,
  DwcpError,
  Listener,
  ListenHandler,
  PathControl,
  PathStats,
  Transport,
} from '@dwcp/core';

/** A connection that passes everything on; a defect overrides one thing. */
export class Passing implements Connection {
  readonly inner: Connection;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly peerName: string | undefined;
  readonly encrypted: boolean;

  constructor(inner: Connection) {
    this.inner = inner;
    this.localAddress = inner.localAddress;
    this.remoteAddress = inner.remoteAddress;
    this.peerName = inner.peerName;
    this.encrypted = inner.encrypted;
  }

  open(handler: ConnectionHandler): void {
    this.inner.open(handler);
  }

  send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    return this.inner.send(chunks, onSent);
  }

  end(): void {
    this.inner.end();
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  close(error?: DwcpError): void {
    this.inner.close(error);
  }

  stats(): PathStats {
    return this.inner.stats();
  }

  control(wanted: PathControl): PathControl {
    return this.inner.control(wanted);
  }
}

/** A transport, by default the memory transport, with every connection wrapped. */
export function wrapped(
  wrap: (connection: Connection) => Connection,
  inner: Transport = memoryTransport(),
): Transport {
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    dial: async (address, options) => wrap(await inner.dial(address, options)),
    listen: (address, handler, options) => {
      const wrapping: ListenHandler = {
        onConnection: (connection) => handler.onConnection(wrap(connection)),
        onError: (error) => handler.onError?.(error),
      };
      return inner.listen(address, wrapping, options);
    },
  };
}

/** The memory transport with another `dial`. */
export function withDial(
  dial: (inner: Transport, address: string, options?: DialOptions) => Promise<Connection>,
): Transport {
  const inner = memoryTransport();
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    dial: (address, options) => dial(inner, address, options),
    listen: (address, handler, options) => inner.listen(address, handler, options),
  };
}

/** The memory transport with another way to close a listener. */
export function withListenerClose(
  close: (inner: Listener, accepted: readonly Connection[]) => Promise<void>,
): Transport {
  const inner = memoryTransport();
  return {
    name: inner.name,
    capabilities: inner.capabilities,
    dial: (address, options) => inner.dial(address, options),
    async listen(address, handler, options) {
      const accepted: Connection[] = [];
      const collecting: ListenHandler = {
        onConnection(connection) {
          accepted.push(connection);
          handler.onConnection(connection);
        },
        onError: (error) => handler.onError?.(error),
      };
      const listener = await inner.listen(address, collecting, options);
      const closing = async () => close(listener, accepted);
      return { address: listener.address, close: closing, [Symbol.asyncDispose]: closing };
    },
  };
}

/** A handler that passes everything on, with some calls replaced. */
export function replacing(
  handler: ConnectionHandler,
  calls: Partial<ConnectionHandler>,
): ConnectionHandler {
  return {
    onData: (chunk) => handler.onData(chunk),
    onDrain: () => handler.onDrain(),
    onEnd: () => handler.onEnd(),
    onClose: (error) => handler.onClose(error),
    ...calls,
  };
}
