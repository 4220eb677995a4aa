/**
 * Messages and requests in both directions, while a bulk transfer uses the same session.
 * Run: `node --conditions=@dwcp/source examples/amst/messages.ts`
 */
import { amst } from '@dwcp/amst';
import { DwcpError, isDwcpError } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const node = amst({ transport: tcp() });
const listener = await node.listen('127.0.0.1:0', {
  onSession(session) {
    session.onMessage('news', (message) => console.log(`news: ${text(message)}`));
    session.onRequest('square', (message) => Buffer.from(String(Number(text(message)) ** 2)));
    session.onRequest('secret', () => {
      throw new DwcpError('ERR_DWCP_REFUSED', 'not for you');
    });
    session.onBulk(async (transfer) => {
      let sizeBytes = 0;
      for await (const chunk of transfer.chunks()) sizeBytes += chunk.byteLength;
      // The listener can ask as well.
      const answer = await session.request('thanks', Buffer.from(String(sizeBytes)));
      console.log(`the sender says: ${text(answer)}`);
    });
  },
});

const session = await node.dial(listener.address);
const thanked = new Promise<void>((resolve) => {
  session.onRequest('thanks', (message) => {
    resolve();
    return Buffer.from(`you are welcome to your ${text(message)} bytes`);
  });
});
const bulk = session.sendBulk(new Uint8Array(50_000_000));

await session.send('news', Buffer.from('a transfer is under way'));
console.log(`12 × 12 = ${text(await session.request('square', Buffer.from('12')))}`);
try {
  await session.request('secret', new Uint8Array(0));
} catch (error) {
  if (!isDwcpError(error, 'ERR_DWCP_REFUSED')) throw error;
  console.log(`refused: ${error.message}`);
}

await bulk;
await thanked;
await session.close();
await listener.close();
