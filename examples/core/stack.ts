/**
 * A small application put together by `createStack`: a clock, a transport and a server that tells
 * the time. Run it from the root: node --conditions=@dwcp/source examples/core/stack.ts
 */
import {
  createStack,
  formatDuration,
  memoryNetwork,
  part,
  startable,
  systemClock,
} from '@dwcp/core';
import type { Clock, Connection, Listener, StartableState, Transport } from '@dwcp/core';

/** Answers every connection with the time of its clock. It only knows roles, not who fills them. */
function timeServer(transport: Transport, clock: Clock, address: string): StartableState {
  let listener: Listener | undefined;
  return startable({
    async start(options) {
      listener = await transport.listen(address, { onConnection: answer }, options);
      console.log(`the time server listens on ${listener.address}`);
    },
    async stop() {
      await listener?.close();
      console.log('the time server has stopped');
    },
  });

  function answer(connection: Connection): void {
    connection.open({ onData() {}, onDrain() {}, onEnd() {}, onClose() {} });
    connection.send([new TextEncoder().encode(new Date(clock.wallMs()).toISOString())]);
    connection.end();
  }
}

/** Everything that the peer sends, as text. */
function readAll(connection: Connection): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = '';
    connection.open({
      onData: (chunk) => {
        text += decoder.decode(chunk, { stream: true });
      },
      onDrain() {},
      onEnd: () => connection.end(),
      onClose: (error) => (error === undefined ? resolve(text) : reject(error)),
    });
  });
}

// The pieces may stand in any order. Leave one out, and the compiler names it.
const stack = createStack({
  server: part(['transport', 'clock'], ({ transport, clock }) =>
    timeServer(transport, clock, 'time'),
  ),
  transport: part(['clock'], ({ clock }) => memoryNetwork({ clock, delayMs: 20 }).transport()),
  clock: systemClock(),
});
console.log(`pieces in the order of their needs: ${stack.order.join(', ')}`);

await stack.start();
const { clock, transport } = stack.pieces;
const startMs = clock.nowMs();
const connection = await transport.dial('time');
const time = await readAll(connection);
const tookMs = clock.nowMs() - startMs;
console.log(`it is ${time}, asked in ${formatDuration(tookMs, { significantDigits: 3 })}`);
console.log(
  `round trip: ${formatDuration(connection.stats().roundTripMs ?? 0, { significantDigits: 3 })}`,
);
await stack.stop();
console.log(`the stack is ${stack.state}`);
