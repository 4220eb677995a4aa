import assert from 'node:assert/strict';
import type { Play } from './play.ts';

/** Between the connection and `open`. */
export const opening: readonly Play[] = [
  {
    name: 'refuses a second open',
    async play(stage) {
      const [connection] = await stage.connect();
      const peer = stage.watch(connection).open();
      assert.throws(() => connection.open(peer), { code: 'ERR_DWCP_INVALID_STATE' });
    },
  },
  {
    name: 'keeps what arrives before open, at both ends',
    async play(stage) {
      const [left, right] = (await stage.connect()).map((connection) => stage.watch(connection));
      assert.ok(left && right);
      left.sendText('early bird');
      right.sendText('early worm');
      await right.open().received(10);
      await left.open().received(10);
      assert.deepEqual([left.text, right.text], ['early worm', 'early bird']);
    },
  },
  {
    name: 'tells a late handler that the connection is closed',
    async play(stage) {
      const [dialed, accepted] = await stage.connect();
      const early = stage.watch(dialed).open();
      early.close();
      await early.closed();
      const late = stage.watch(accepted).open();
      await late.closed();
      assert.ok(late.closeError, 'onClose has an error');
    },
  },
  {
    name: 'calls onClose when it was closed before open',
    async play(stage) {
      const [dialed] = await stage.connect();
      dialed.close();
      const late = stage.watch(dialed).open();
      await late.closed();
      assert.equal(late.closeError, undefined);
    },
  },
];
