/** Counts the bytes that a client and a server exchange, the same way for every contender. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay on loopback between clients and one server. */
export interface CountingProxy extends AsyncDisposable {
  /** Port of the proxy. */
  readonly port: number;
  /** Content bytes of all connections in both directions since the last call; headers of TCP and IP not included. */
  takeBytes(): number;
}

/** Relays every connection to `targetPort` on loopback. */
export async function countingProxy(targetPort: number): Promise<CountingProxy> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const relay = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (chunk) => {
      bytes += chunk.byteLength;
    });
    // The other half ends with this one: a reset is passed on, and the contender reports it.
    from.on('error', () => to.destroy());
    from.on('close', () => sockets.delete(from));
    from.pipe(to);
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    target.setNoDelay();
    relay(client, target);
    relay(target, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    takeBytes() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port of loopback that nobody listens on at this moment, for programs that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
  return address.port;
}
