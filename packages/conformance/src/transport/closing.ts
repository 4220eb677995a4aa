import assert from 'node:assert/strict';
import { DwcpError } from '@dwcp/core';
import { Pattern } from './pattern.ts';
import type { Play } from './play.ts';

/** The close without ceremony. */
export const closing: readonly Play[] = [
  {
    name: 'never passes a close with queued data off as an end',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      accepted.expectPattern().pause();
      const pattern = new Pattern();
      while (dialed.send(pattern.take(64 * 1024)));
      dialed.close();
      accepted.resume();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.equal(dialed.closeError, undefined, 'onClose of the side that closed');
      assert.equal(accepted.ends, 0, 'onEnd of the other side');
      assert.ok(accepted.closeError, 'onClose of the other side has an error');
      assert.equal(dialed.connection.stats().queuedBytes, 0, 'nothing stays queued');
    },
  },
  {
    name: 'tells the peer of an idle connection that it was closed',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      accepted.close();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.ok(dialed.closeError, 'onClose of the other side has an error');
      assert.deepEqual([dialed.ends, accepted.closeError], [0, undefined]);
    },
  },
  {
    name: 'gives the error of close to onClose',
    async play(stage) {
      const [dialed] = await stage.pair();
      const error = new DwcpError('ERR_DWCP_MALFORMED', 'a reason');
      dialed.close(error);
      await dialed.closed();
      assert.equal(dialed.closeError, error);
    },
  },
  {
    name: 'takes every call after close',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      dialed.close();
      dialed.close(new DwcpError('ERR_DWCP_MALFORMED', 'too late'));
      assert.equal(dialed.send(Buffer.from('dropped')), false, 'send after close');
      dialed.pause();
      dialed.resume();
      dialed.end();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.equal(dialed.closeError, undefined);
      assert.equal(dialed.send(Buffer.from('dropped')), false, 'send after onClose');
      dialed.close();
    },
  },
  {
    name: 'delivers nothing after a close from inside onData',
    async play(stage) {
      const [dialed, accepted] = await stage.pair({}, { onData: () => accepted.close() });
      const pattern = new Pattern();
      for (let count = 0; count < 64; count++) dialed.send(pattern.take(64 * 1024));
      await Promise.all([dialed.closed(), accepted.closed()]);
    },
  },
  {
    name: 'ends a loop that sends until the answer is false, although the peer has closed',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      accepted.close();
      const pattern = new Pattern();
      while (dialed.send(pattern.take(64 * 1024))) {
        assert.ok(pattern.position <= stage.options.unreadBytes, 'send goes on returning true');
      }
      await Promise.all([dialed.closed(), accepted.closed()]);
    },
  },
  {
    name: 'calls onClose once when both sides close',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      dialed.close();
      accepted.close();
      await Promise.all([dialed.closed(), accepted.closed()]);
    },
  },
  {
    name: 'closes while paused',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      accepted.pause();
      dialed.sendText('unread');
      accepted.close();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.equal(accepted.receivedBytes, 0);
    },
  },
];
