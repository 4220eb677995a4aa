/** JSON lines for scripts. */
import { virtualClock } from '@dwcp/core';
import type { PushNodeOptions } from '@dwcp/node';
import { expect, it } from 'vitest';
import { report, runWith } from '../fake-node.ts';

const push = ['push', 'photos', 'h:1', '--json'];

it('carries everything that the report says', async () => {
  const { stdout } = await runWith(push, { push: async () => report });
  expect(stdout.lines.map((line): unknown => JSON.parse(line))).toEqual([
    { event: 'done', operation: 'push', path: 'photos', ...report },
  ]);
});

it('tells progress at most four times a second', async () => {
  const clock = virtualClock();
  const chatty = async ({ onProgress }: PushNodeOptions) => {
    for (let index = 0; index <= 1000; index += 1) {
      onProgress?.({ phase: 'transfer', doneBytes: index, totalBytes: 1000, wireBytes: index });
      clock.advance(1);
    }
    return report;
  };
  const { stdout } = await runWith(push, { push: chatty }, { clock });
  const progress = stdout.lines.slice(0, -1).map((line): unknown => JSON.parse(line));
  expect(progress).toEqual(
    [0, 250, 500, 750, 1000].map((doneBytes) => ({
      event: 'progress',
      phase: 'transfer',
      doneBytes,
      totalBytes: 1000,
      wireBytes: doneBytes,
    })),
  );
});
