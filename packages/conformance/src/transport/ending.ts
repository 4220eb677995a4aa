import assert from 'node:assert/strict';
import { Pattern } from './pattern.ts';
import type { Peer } from './peer.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

const tailBytes = 4 * 1024 * 1024;

/** The orderly end: each side ends its own direction, and nothing is lost. */
export const ending: readonly Play[] = [
  {
    name: 'lets the accepting side go on after the dialing side has ended',
    play: (stage) => halfClose(stage, (dialed, accepted) => [dialed, accepted]),
  },
  {
    name: 'lets the dialing side go on after the accepting side has ended',
    play: (stage) => halfClose(stage, (dialed, accepted) => [accepted, dialed]),
  },
  {
    name: 'delivers everything that was queued before end',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      accepted.expectPattern();
      const pattern = new Pattern();
      for (let sent = 0; sent < tailBytes; sent += 64 * 1024) dialed.send(pattern.take(64 * 1024));
      dialed.end();
      await accepted.ended();
      assert.equal(accepted.receivedBytes, tailBytes, 'bytes before onEnd');
    },
  },
  {
    name: 'ends both sides at once without an error',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      dialed.end();
      accepted.end();
      await Promise.all([dialed.closed(), accepted.closed()]);
      assert.deepEqual([dialed.closeError, accepted.closeError], [undefined, undefined]);
      assert.deepEqual([dialed.ends, accepted.ends], [1, 1]);
    },
  },
  {
    name: 'takes end twice and refuses send after it',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      dialed.sendText('last');
      dialed.end();
      dialed.end();
      assert.throws(() => dialed.connection.send([Buffer.from('more')]), {
        code: 'ERR_DWCP_INVALID_STATE',
      });
      await accepted.ended();
      assert.equal(accepted.text, 'last');
    },
  },
];

async function halfClose(
  stage: Stage,
  roles: (dialed: Peer, accepted: Peer) => [Peer, Peer],
): Promise<void> {
  const [first, second] = roles(...(await stage.pair()));
  first.expectPattern();
  first.sendText('that is all');
  first.end();
  await second.ended();
  assert.equal(second.text, 'that is all');
  await second.stream(new Pattern(), tailBytes, 64 * 1024);
  await first.received(tailBytes);
  assert.equal(first.closes, 0, 'onClose before the second end');
  second.end();
  await Promise.all([first.closed(), second.closed()]);
  assert.deepEqual([first.ends, first.closeError, second.closeError], [1, undefined, undefined]);
}
