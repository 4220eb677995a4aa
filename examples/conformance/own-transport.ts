/**
 * A transport of one's own, checked by the suite: the memory transport with a counter around it.
 * The second run breaks it on purpose, and the suite says what is wrong.
 *
 *     node --conditions=@dwcp/source examples/conformance/own-transport.ts
 */
import assert from 'node:assert/strict';
import { transportSuite } from '@dwcp/conformance';
import { memoryTransport, type Connection, type Transport } from '@dwcp/core';

/** Counts dials, and passes each connection through `change`. */
function counting(change: (connection: Connection) => Connection): Transport & { dials: number } {
  const inner = memoryTransport();
  return {
    name: 'counting',
    capabilities: inner.capabilities,
    dials: 0,
    async dial(address, options) {
      this.dials += 1;
      return change(await inner.dial(address, options));
    },
    listen: (address, handler, options) => inner.listen(address, handler, options),
  };
}

/** Runs every case and returns the names of those that failed. */
async function failures(transport: Transport): Promise<string[]> {
  const subject = { dialer: transport, listener: transport, listenAddress: 'example:0' };
  const failed: string[] = [];
  for (const { name, run } of transportSuite(() => subject, { patienceMs: 500 })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

const good = counting((connection) => connection);
assert.deepEqual(await failures(good), []);
console.log(`passed every case with ${good.dials} dials`);

const broken = counting((connection) => {
  // Forgets why it was closed.
  const close = connection.close.bind(connection);
  connection.close = () => close();
  return connection;
});
const failed = await failures(broken);
console.log('the broken one fails:', failed);
assert.ok(failed.includes('gives the error of close to onClose'));
