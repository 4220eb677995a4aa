import assert from 'node:assert/strict';
import { rejectsWith } from './stage.ts';
import type { Play } from './play.ts';

/** Connecting, and failing to. */
export const dialing: readonly Play[] = [
  {
    name: 'says that nobody listens',
    async play(stage) {
      const { listener } = await stage.listen();
      await listener.close();
      await rejectsWith(stage.dial(listener.address), 'ERR_DWCP_CONNECT_FAILED');
    },
  },
  {
    name: 'refuses addresses that it cannot read',
    async play(stage) {
      await rejectsWith(stage.dial(''), 'ERR_DWCP_INVALID_ARGUMENT');
      await rejectsWith(stage.dial('no such\naddress'), 'ERR_DWCP_INVALID_ARGUMENT');
      await rejectsWith(
        stage.subject.listener.listen('', { onConnection() {} }),
        'ERR_DWCP_INVALID_ARGUMENT',
      );
    },
  },
  {
    name: 'does not dial with a signal that has fired',
    async play(stage) {
      const { listener } = await stage.listen(() => assert.fail('onConnection'));
      const reason = new Error('not today');
      const attempt = stage.dial(listener.address, { signal: AbortSignal.abort(reason) });
      await assert.rejects(attempt, { code: 'ERR_DWCP_ABORTED', cause: reason });
    },
  },
  {
    name: 'stops dialing when the signal fires, and serves others after that',
    async play(stage) {
      const door = await stage.listen();
      const stop = new AbortController();
      const attempt = stage.dial(door.listener.address, { signal: stop.signal });
      stop.abort();
      await rejectsWith(attempt, 'ERR_DWCP_ABORTED');
      const next = stage.watch(await stage.dial(door.listener.address)).open();
      next.sendText('hello');
    },
  },
  {
    name: 'does not close a connection whose signal fires after the dial',
    async play(stage) {
      const { listener, next } = await stage.listen();
      const stop = new AbortController();
      const dialed = stage
        .watch(await stage.dial(listener.address, { signal: stop.signal }))
        .open();
      const accepted = stage.watch(await next()).open();
      stop.abort();
      dialed.sendText('still here');
      await accepted.received(10);
    },
  },
];
