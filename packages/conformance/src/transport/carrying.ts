import assert from 'node:assert/strict';
import { mixedSizes, Pattern } from './pattern.ts';
import type { Peer } from './peer.ts';
import type { Play } from './play.ts';

const concurrentConnections = 64;

/** Bytes arrive, all of them, in order, unchanged. */
export const carrying: readonly Play[] = [
  {
    name: 'carries bytes in both directions',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      dialed.sendText('ping');
      await accepted.received(4);
      accepted.sendText('pong!');
      await dialed.received(5);
      assert.equal(accepted.text + dialed.text, 'pingpong!');
    },
  },
  {
    name: 'keeps the order of chunks of mixed sizes, both ways at once',
    async play(stage) {
      const sizes = mixedSizes(400);
      const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
      const [dialed, accepted] = await stage.pair();
      for (const peer of [dialed, accepted]) peer.expectPattern();
      for (const sender of [dialed, accepted]) sendGrouped(sender, sizes);
      await Promise.all([dialed.received(totalBytes), accepted.received(totalBytes)]);
    },
  },
  {
    name: 'takes empty chunks and empty lists',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      const empty = new Uint8Array(0);
      dialed.send();
      dialed.send(empty);
      dialed.send(empty, Buffer.from('a'), empty, empty, Buffer.from('b'), empty);
      dialed.send(empty, empty);
      dialed.sendText('c');
      dialed.end();
      await accepted.ended();
      assert.equal(accepted.text, 'abc');
    },
  },
  {
    name: 'sends what a view shows, not the buffer under it',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      const bytes = new Uint8Array(Buffer.from('..view..'));
      dialed.send(bytes.subarray(2, 6));
      await accepted.received(4);
      assert.equal(accepted.text, 'view');
    },
  },
  {
    name: 'gives the memory of chunks back in order, and takes what it is filled with again',
    async play(stage) {
      const rounds = 200;
      const [dialed, accepted] = await stage.pair();
      const memory = [new Uint8Array(20_000), new Uint8Array(20_000)];
      const sent: number[] = [];
      accepted.expectPattern();
      const pattern = new Pattern();
      for (let round = 0; round < rounds; round++) {
        for (const chunk of memory) chunk.set(pattern.take(chunk.byteLength));
        dialed.sendTracked(memory, () => void sent.push(round));
        assert.equal(sent.length, round, 'onSent comes after send');
        await dialed.until(() => sent.length > round, 'onSent');
      }
      dialed.sendTracked([new Uint8Array(0)], () => void sent.push(rounds));
      await dialed.until(() => sent.length > rounds, 'onSent of an empty chunk');
      await accepted.received(rounds * 40_000);
      assert.deepEqual(sent, [...Array(rounds + 1).keys()]);
    },
  },
  {
    name: 'calls onSent in the order of the sends',
    async play(stage) {
      const [dialed, accepted] = await stage.pair();
      const pattern = new Pattern();
      const sent: number[] = [];
      accepted.expectPattern();
      for (let round = 0; round < 100; round++) {
        dialed.sendTracked([pattern.take(64 * 1024)], () => void sent.push(round));
      }
      await dialed.until(() => sent.length === 100, 'onSent of all');
      await accepted.received(pattern.position);
      assert.deepEqual(sent, [...Array(100).keys()]);
    },
  },
  {
    name: 'carries a large payload under back-pressure',
    async play(stage) {
      const { largeBytes } = stage.options;
      const [dialed, accepted] = await stage.pair();
      accepted.expectPattern();
      await dialed.stream(new Pattern(), largeBytes, 256 * 1024);
      await accepted.received(largeBytes);
    },
  },
  {
    name: `keeps ${concurrentConnections} connections apart`,
    async play(stage) {
      const door = await stage.listen((connection) => {
        const echo = stage.watch(connection, {
          onData: (chunk) => void echo.send(new Uint8Array(chunk)),
        });
        echo.open();
      });
      const callers = await Promise.all(
        Array.from({ length: concurrentConnections }, async () => {
          return stage.watch(await stage.dial(door.listener.address)).open();
        }),
      );
      const words = callers.map((_caller, index) => `I am caller ${index}.`);
      for (const [index, caller] of callers.entries()) caller.sendText(words[index] ?? '');
      await Promise.all(callers.map((caller, index) => caller.received(words[index]?.length ?? 0)));
      assert.deepEqual(
        callers.map((caller) => caller.text),
        words,
      );
    },
  },
];

/** Calls of `send` with one, two, three … eight chunks. */
function sendGrouped(sender: Peer, sizes: readonly number[]): void {
  const pattern = new Pattern();
  for (let at = 0, count = 1; at < sizes.length; at += count, count = (count % 8) + 1) {
    sender.send(...sizes.slice(at, at + count).map((size) => pattern.take(size)));
  }
}
