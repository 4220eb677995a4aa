/**
 * A listener that sends everything back, and a peer that says hello to it: back-pressure in both
 * directions and an orderly end.
 *
 *     node --conditions=@dwcp/source examples/transport-tcp/echo.ts
 */
import assert from 'node:assert/strict';
import type { Connection } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';

function echo(connection: Connection): void {
  connection.open({
    onData(chunk) {
      // A chunk is only valid during the call: what is queued has to be a copy.
      if (!connection.send([new Uint8Array(chunk)])) connection.pause();
    },
    onDrain: () => connection.resume(),
    onEnd: () => connection.end(),
    onClose(error) {
      console.log('listener: closed', error?.message ?? 'in order');
    },
  });
}

async function call(connection: Connection, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const received: Uint8Array[] = [];
    connection.open({
      onData: (chunk) => void received.push(new Uint8Array(chunk)),
      onDrain() {},
      onEnd() {},
      onClose(error) {
        if (error === undefined) resolve(Buffer.concat(received).toString());
        else reject(error);
      },
    });
    connection.send([Buffer.from(text)]);
    connection.end();
  });
}

const transport = tcp();
const listener = await transport.listen('127.0.0.1:0', { onConnection: echo });
console.log(`listening on ${listener.address}`);
const answer = await call(await transport.dial(listener.address), 'hello');
console.log(`the listener answered: ${answer}`);
assert.equal(answer, 'hello');
await listener.close();
