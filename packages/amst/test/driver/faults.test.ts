/** Random work, random faults, virtual time: whatever happens, every promise settles and nothing is left. */
import {
  isDwcpError,
  memoryNetwork,
  seededRandom,
  virtualClock,
  type Random,
  type Session,
} from '@dwcp/core';
import { expect, test } from 'vitest';
import { amst } from '../../src/index.ts';

type Outcome = string;

function outcome(promise: Promise<unknown>): Promise<Outcome> {
  return promise.then(
    () => 'ok',
    (error: unknown) => (isDwcpError(error) ? error.code : `not coded: ${String(error)}`),
  );
}

/** Handlers that answer, consume, stop early, refuse or never look, by chance. */
function serve(session: Session, random: Random): void {
  session.onRequest('echo', (message) => message);
  session.onBulk((transfer) => {
    const choice = random.integer(6);
    if (choice === 0) return transfer.refuse('by chance');
    const limit = choice === 1 ? 300_000 : Infinity;
    const consume = async (): Promise<void> => {
      let taken = 0;
      for await (const chunk of transfer.chunks({ borrow: choice > 3 })) {
        taken += chunk.byteLength;
        if (taken > limit) return;
      }
    };
    consume().catch(() => undefined);
  });
}

function work(session: Session, random: Random): Promise<Outcome>[] {
  return Array.from({ length: 1 + random.integer(6) }, () => {
    const sizeBytes = random.integer(3_000_000);
    const kind = random.integer(3);
    if (kind === 0) return outcome(session.request('echo', new Uint8Array(sizeBytes % 100_000)));
    if (kind === 1) return outcome(session.send('nobody', new Uint8Array(sizeBytes % 100_000)));
    const signal = random.integer(4) === 0 ? new AbortController() : undefined;
    if (signal !== undefined) setImmediate(() => signal.abort());
    const options = signal === undefined ? {} : { signal: signal.signal };
    return outcome(session.sendBulk(new Uint8Array(sizeBytes), options));
  });
}

async function run(seed: number): Promise<Outcome[]> {
  const random = seededRandom(seed);
  const clock = virtualClock();
  const network = memoryNetwork({
    clock,
    random: seededRandom(seed + 1),
    delayMs: random.integer(50),
    rateBps: 1e7 * (1 + random.integer(100)),
    lossRatio: random.integer(3) === 0 ? 0.02 : 0,
  });
  const limits = { maxTransfers: 1 + random.integer(4), windowBytes: 1_000_000 };
  const node = amst({
    transport: network.transport(),
    clock,
    streams: 1 + random.integer(6),
    limits,
  });
  const accepted: Session[] = [];
  const listener = await node.listen('server:1', {
    onSession(session) {
      accepted.push(session);
      serve(session, random);
    },
  });
  const session = await clock.until(node.dial('server:1'));
  serve(session, random);
  const outcomes = [session, ...accepted].flatMap((side) => work(side, random));
  const fault = random.integer(5);
  const atMs = random.integer(400);
  clock.schedule(atMs, () => {
    const links = network.links();
    const link = links[random.integer(links.length || 1)];
    if (fault === 0) link?.reset();
    if (fault === 1) link?.partition();
    if (fault === 2) network.partition();
    if (fault === 3) void session.close();
  });
  const settled = await clock.until(Promise.all(outcomes));
  if (fault === 1 || fault === 2) {
    clock.schedule(0, () => network.heal());
  }
  await clock.until(Promise.all([session, ...accepted].map((side) => side.close())));
  await clock.until(listener.close());
  expect(network.links()).toEqual([]);
  return settled;
}

test('100 seeds', async () => {
  const counts = new Map<Outcome, number>();
  for (let seed = 1; seed <= 100; seed += 1) {
    for (const code of await run(seed)) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  expect([...counts.keys()].filter((code) => code.startsWith('not coded'))).toEqual([]);
  // Each kind of end must be common, or the faults do not reach what they are for.
  const wanted = ['ok', 'ERR_DWCP_CONNECTION_LOST', 'ERR_DWCP_REFUSED', 'ERR_DWCP_ABORTED'];
  expect(wanted.filter((code) => (counts.get(code) ?? 0) <= 5)).toEqual([]);
});
