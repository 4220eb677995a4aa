import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Pattern } from './pattern.ts';
import type { Peer } from './peer.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

const chunkBytes = 64 * 1024;
/** Round trips on another connection, after which everything that could move has moved. */
const settleRoundTrips = 50;

/** Back-pressure: a slow receiver slows the sender down, and memory stays bounded. */
export const pressure: readonly Play[] = [
  {
    name: 'accepts a bounded amount while the peer is paused, and drains when it resumes',
    async play(stage) {
      const { dialed, accepted, pattern, stop } = await fillPath(stage);
      assert.equal(accepted.receivedBytes, 0, 'bytes delivered while paused');
      assert.ok(dialed.connection.stats().queuedBytes > 0, 'stats() counts the queue');
      stop();
      const before = dialed.drains;
      accepted.resume();
      await dialed.until(() => dialed.drains > before, 'onDrain after the peer resumed');
      await accepted.received(pattern.position);
      assert.equal(dialed.drains, before + 1, 'onDrain calls for one full queue');
    },
  },
  {
    name: 'does not call onSent for what a close drops',
    async play(stage) {
      const { dialed, accepted, pattern } = await fillPath(stage);
      let sent = 0;
      dialed.sendTracked([pattern.take(chunkBytes)], () => void sent++);
      dialed.close();
      dialed.sendTracked([pattern.take(1)], () => void sent++);
      accepted.resume();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.equal(sent, 0, 'onSent calls');
    },
  },
  {
    name: 'delivers nothing between pause and resume',
    async play(stage) {
      const totalBytes = 4 * 1024 * 1024;
      const [dialed, accepted] = await stage.pair(
        {},
        {
          onData: () => {
            accepted.pause();
            globalThis.setImmediate(() => accepted.resume());
          },
        },
      );
      accepted.expectPattern();
      await dialed.stream(new Pattern(), totalBytes, chunkBytes);
      await accepted.received(totalBytes);
    },
  },
  {
    name: 'goes on after pause and resume in one turn',
    async play(stage) {
      const totalBytes = 1024 * 1024;
      const [dialed, accepted] = await stage.pair(
        {},
        {
          onData: () => {
            accepted.pause();
            accepted.pause();
            accepted.resume();
            accepted.resume();
          },
        },
      );
      accepted.expectPattern();
      await dialed.stream(new Pattern(), totalBytes, chunkBytes);
      await accepted.received(totalBytes);
    },
  },
  {
    name: 'holds data and the end back while paused before open',
    async play(stage) {
      const [dialed, acceptedConnection] = await stage.connect();
      const sender = stage.watch(dialed).open();
      const accepted = stage.watch(acceptedConnection);
      accepted.pause();
      accepted.open();
      sender.sendText('held');
      sender.end();
      await settle(stage);
      assert.deepEqual([accepted.receivedBytes, accepted.ends], [0, 0]);
      accepted.resume();
      await accepted.ended();
      assert.equal(accepted.text, 'held');
    },
  },
  {
    name: 'keeps the end and the close behind data that is paused',
    async play(stage) {
      const [dialed, accepted] = await stage.pair({}, { onData: () => accepted.pause() });
      accepted.end();
      await dialed.ended();
      dialed.sendText('one');
      await accepted.received(3);
      dialed.sendText('two');
      dialed.end();
      await settle(stage);
      assert.deepEqual([accepted.text, accepted.ends, accepted.closes], ['one', 0, 0]);
      accepted.resume();
      await accepted.received(6);
      accepted.resume();
      await accepted.closed();
      assert.deepEqual([accepted.ends, accepted.closeError], [1, undefined]);
    },
  },
];

interface FullPath {
  readonly dialed: Peer;
  readonly accepted: Peer;
  /** What was sent. */
  readonly pattern: Pattern;
  /** Sends nothing more at the next drain. */
  readonly stop: () => void;
}

/** Sends to a paused peer, at every drain again, until nothing moves any more. */
async function fillPath(stage: Stage): Promise<FullPath> {
  const { unreadBytes } = stage.options;
  const pattern = new Pattern();
  let [full, stopped] = [false, false];
  const fill = (): void => {
    if (stopped) return;
    full = false;
    while (!full) {
      full = !dialed.send(pattern.take(chunkBytes));
      if (pattern.position > unreadBytes) throw new Error(`took more than ${unreadBytes} bytes`);
    }
  };
  const [dialed, accepted] = await stage.pair({ onDrain: fill });
  accepted.expectPattern().pause();
  fill();
  await settle(stage);
  assert.ok(full, 'send returned false in the end');
  return { dialed, accepted, pattern, stop: () => (stopped = true) };
}

/** Waits until everything that can arrive has arrived, by the pace of another connection. */
async function settle(stage: Stage): Promise<void> {
  const [caller, echo] = await stage.pair({}, { onData: () => void echo.sendText('.') });
  for (let trip = 1; trip <= settleRoundTrips; trip++) {
    await roundTrip(caller, trip);
    await setImmediate();
  }
}

async function roundTrip(caller: Peer, trip: number): Promise<void> {
  caller.sendText('.');
  await caller.received(trip);
}
