import assert from 'node:assert/strict';
import type { Connection, Transport } from '@dwcp/core';
import { Pattern } from './pattern.ts';
import type { Play } from './play.ts';

/** What a transport and a connection say about themselves. */
export const describing: readonly Play[] = [
  {
    name: 'counts bytes exactly',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      await dialed.stream(new Pattern(), 1_000_003, 9973);
      accepted.sendText('four');
      await Promise.all([accepted.received(1_000_003), dialed.received(4)]);
      const { sentBytes, receivedBytes, queuedBytes } = dialed.connection.stats();
      assert.deepEqual(
        { sentBytes, receivedBytes, queuedBytes },
        { sentBytes: 1_000_003, receivedBytes: 4, queuedBytes: 0 },
      );
      const other = accepted.connection.stats();
      assert.deepEqual([other.sentBytes, other.receivedBytes], [4, 1_000_003]);
    },
  },
  {
    name: 'gives addresses that agree at both ends',
    async play(stage) {
      const door = await stage.listen();
      const [dialed, accepted] = await stage.connect(door);
      assert.equal(dialed.remoteAddress, door.listener.address);
      assert.equal(accepted.localAddress, door.listener.address);
      assert.equal(dialed.localAddress, accepted.remoteAddress);
      assert.notEqual(dialed.localAddress, dialed.remoteAddress);
    },
  },
  {
    name: 'is as secure as it says',
    async play(stage) {
      const { dialer, listener } = stage.subject;
      const [dialed, accepted] = await stage.connect();
      assert.ok(dialer.name.length > 0);
      assert.equal(dialed.encrypted, accepted.encrypted);
      assertSecure(dialer, dialed);
      assertSecure(listener, accepted);
    },
  },
  {
    name: 'measures the path if it says so',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      await dialed.stream(new Pattern(), 1024 * 1024, 64 * 1024);
      await accepted.received(1024 * 1024);
      const { roundTripMs } = dialed.connection.stats();
      assert.equal(roundTripMs !== undefined, stage.subject.dialer.capabilities.pathStats);
    },
  },
  {
    name: 'refuses the controls that it does not have',
    async play(stage) {
      const [dialed] = await stage.connect();
      const { congestionControls, pacing } = stage.subject.dialer.capabilities;
      const code = 'ERR_DWCP_UNSUPPORTED';
      if (!pacing) assert.throws(() => dialed.control({ pacingRateBps: 1e6 }), { code });
      assert.ok(!congestionControls.includes('no such control'));
      assert.throws(() => dialed.control({ congestionControl: 'no such control' }), { code });
    },
  },
];

function assertSecure({ capabilities }: Transport, { encrypted, peerName }: Connection): void {
  if (capabilities.secure) assert.ok(encrypted && peerName !== undefined, 'encrypted, with a name');
}
