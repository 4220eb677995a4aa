import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Pattern } from './pattern.ts';
import type { Reactions } from './peer.ts';
import type { Play } from './play.ts';
import type { Stage } from './stage.ts';

const cause = new Error('thrown by the conformance suite');

function fail(): never {
  throw cause;
}

/** What the application throws stays its own problem. */
export const throwing: readonly Play[] = [
  {
    name: 'closes a connection whose onData throws, and no other',
    async play(stage) {
      await closedByThrow(stage, { onData: fail });
    },
  },
  {
    name: 'closes a connection whose onEnd throws, and no other',
    async play(stage) {
      await closedByThrow(stage, { onEnd: fail });
    },
  },
  {
    name: 'closes a connection whose onDrain throws',
    async play(stage) {
      const [dialed] = await stage.pair({ onDrain: fail });
      const pattern = new Pattern();
      while (dialed.send(pattern.take(64 * 1024)));
      await dialed.closed();
      assertHandlerFailed(dialed.closeError);
    },
  },
  {
    name: 'closes a connection whose onSent throws',
    async play(stage) {
      const [dialed] = await stage.pair();
      dialed.sendTracked([Buffer.from('x')], fail);
      await dialed.closed();
      assertHandlerFailed(dialed.closeError);
    },
  },
  {
    name: 'makes a warning of what onClose throws',
    async play(stage) {
      const [dialed] = await stage.pair({ onClose: fail });
      const warned = once(process, 'warning');
      dialed.close();
      const [warning] = await stage.within(warned, 'a warning of the process');
      assertHandlerFailed(warning);
    },
  },
  {
    name: 'closes a connection whose onConnection throws, and reports it',
    async play(stage) {
      const { listener, errors } = await stage.listen(fail);
      const dialing = stage.subject.dialer.dial(listener.address);
      // A reset that is faster than the answer to the dial is as good as one after it.
      const dialed = await stage.within(
        dialing.catch(() => undefined),
        'dial',
      );
      if (dialed !== undefined) await stage.watch(dialed).open().closed();
      assert.equal(errors.length, 1, 'errors given to onError');
      assertHandlerFailed(errors[0]);
    },
  },
];

async function closedByThrow(stage: Stage, reactions: Reactions): Promise<void> {
  const [witness, other] = await stage.pair();
  const [dialed, accepted] = await stage.pair({}, reactions);
  dialed.sendText('x');
  dialed.end();
  await accepted.closed();
  assertHandlerFailed(accepted.closeError);
  witness.sendText('fine');
  await other.received(4);
}

function assertHandlerFailed(error: unknown): void {
  assert.ok(error instanceof Error, 'an error was given');
  assert.equal('code' in error && error.code, 'ERR_DWCP_HANDLER_FAILED');
  assert.equal(error.cause, cause);
}
