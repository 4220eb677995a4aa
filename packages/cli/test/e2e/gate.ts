/** A relay between a dialing process and a serving one that can hold everything up. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The relay. */
export interface Gate {
  /** The address to dial instead. */
  readonly address: string;
  /** Resolves when it has let the given bytes through and holds back the rest. */
  readonly closed: Promise<void>;
  /** Lets everything through. */
  open(): void;
}

/** Relays to `target` and closes after `bytes` from the dialing side. */
export async function gate(target: string, bytes: number): Promise<Gate> {
  let left = bytes;
  const closed = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.split(':').at(-1)), '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    client.on('data', (chunk) => {
      upstream.write(chunk);
      left -= chunk.length;
      if (left > 0) return;
      client.pause();
      closed.resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  const open = () => {
    left = Infinity;
    for (const socket of sockets) socket.resume();
  };
  return { address: `127.0.0.1:${address.port}`, closed: closed.promise, open };
}
