import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { countingProxy } from '../harness/counting-proxy.ts';

test('counts the bytes of both directions and passes on the end of each', async () => {
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.end(`${await text(socket)}, answered`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using proxy = await countingProxy(port);

  const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  client.end('asked');
  expect(await text(client)).toBe('asked, answered');
  expect(proxy.takeBytes()).toBe('asked'.length + 'asked, answered'.length);
  expect(proxy.takeBytes()).toBe(0);
  server.close();
});
