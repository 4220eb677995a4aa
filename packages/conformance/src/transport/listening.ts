import assert from 'node:assert/strict';
import { rejectsWith } from './stage.ts';
import type { Play } from './play.ts';

/** Accepting, and stopping to. */
export const listening: readonly Play[] = [
  {
    name: 'keeps its connections when a listener closes',
    async play(stage) {
      const door = await stage.listen();
      const [left, right] = await stage.connect(door);
      const dialed = stage.watch(left).open();
      const accepted = stage.watch(right).open();
      await stage.within(door.listener.close(), 'close of the listener');
      await stage.within(door.listener.close(), 'a second close');
      dialed.sendText('ping');
      await accepted.received(4);
      accepted.sendText('pong');
      await dialed.received(4);
      await rejectsWith(stage.dial(door.listener.address), 'ERR_DWCP_CONNECT_FAILED');
    },
  },
  {
    name: 'closes a listener that is disposed',
    async play(stage) {
      const { listener } = await stage.listen();
      await stage.within(listener[Symbol.asyncDispose](), 'dispose of the listener');
      await rejectsWith(stage.dial(listener.address), 'ERR_DWCP_CONNECT_FAILED');
    },
  },
  {
    name: 'refuses an address that is listened on, and takes it when it is free again',
    async play(stage) {
      const { listener: transport } = stage.subject;
      const { listener } = await stage.listen();
      const handler = { onConnection() {} };
      await rejectsWith(transport.listen(listener.address, handler), 'ERR_DWCP_LISTEN_FAILED');
      await listener.close();
      const again = await transport.listen(listener.address, handler);
      assert.equal(again.address, listener.address);
      await again.close();
    },
  },
  {
    name: 'listens on a free address every time',
    async play(stage) {
      const doors = [await stage.listen(), await stage.listen()];
      const [first, second] = doors.map(({ listener }) => listener.address);
      assert.notEqual(first, second);
    },
  },
  {
    name: 'does not listen with a signal that has fired',
    async play(stage) {
      const { listener, listenAddress } = stage.subject;
      const refused = listener.listen(
        listenAddress,
        { onConnection() {} },
        { signal: AbortSignal.abort() },
      );
      await rejectsWith(refused, 'ERR_DWCP_ABORTED');
    },
  },
];
