/** The third step: the receiver is killed in the middle of a push and comes back. */
import { statSync, watch } from 'node:fs';
import path from 'node:path';
import type { CliEvent, DoneEvent } from '@dwcp/cli';
import type { Random } from '@dwcp/core';
import { check, checkWhole, type Halfway } from './checks.ts';
import { push, type Receiver, type Scene, serve } from './scene.ts';
import { rewriteLargeFiles, type TreeChange } from './tree/edits.ts';
import { fingerprint } from './tree/fingerprint.ts';

/**
 * The receiver puts files in place when 32 MB are complete: three times that much leaves it in the
 * middle of its work when the first are in place.
 */
const rewrite = { count: 12, fileBytes: 8 * 1024 * 1024 };

/** What became of the third push. */
export interface Survival {
  readonly change: TreeChange;
  /** What stood on the receiving side after the kill. */
  readonly halfway: Halfway;
  readonly report: DoneEvent;
  /** The receiver that serves now. */
  readonly receiver: Receiver;
}

/** Changes large files, pushes them, kills the receiver halfway and starts it again. */
export async function crashAndResume(
  scene: Scene,
  receiver: Receiver,
  random: Random,
): Promise<Survival> {
  const before = fingerprint(scene.source);
  const change = rewriteLargeFiles(scene.source, random, rewrite);
  const after = fingerprint(scene.source);

  const trigger = watchForKill(scene, change.paths);
  const pushed = push(scene, receiver.address, trigger.onEvent);
  // A failure of the push is reported where it is awaited.
  pushed.catch(() => {});
  try {
    await Promise.race([trigger.halfway, pushed]);
  } finally {
    trigger.stop();
  }
  await receiver.process.end('SIGKILL');
  const halfway = checkWhole(before, after, fingerprint(scene.received));

  const restarted = await serve(scene, receiver.address);
  const report = await pushed;
  const { attempts, writtenFiles } = report;
  check(attempts > 1, 'the push was done before the receiver was killed');
  check(
    writtenFiles === halfway.oldFiles,
    `the resumed push wrote ${writtenFiles} files, but ${halfway.oldFiles} were missing`,
  );
  return { change, halfway, report, receiver: restarted };
}

interface Trigger {
  /** Resolves when the push is under way and the first changed file has been put in place. */
  readonly halfway: Promise<void>;
  readonly onEvent: (event: CliEvent) => void;
  readonly stop: () => void;
}

/** The file system tells when a file is put in place, the push that it is under way. */
function watchForKill({ received }: Scene, changed: readonly string[]): Trigger {
  const files = changed.map((file) => path.join(received, file));
  let isTransferring = false;
  let resolve: () => void;
  const halfway = new Promise<void>((settle) => {
    resolve = settle;
  });
  const look = (): void => {
    if (isTransferring && files.some((file) => statSync(file).size === rewrite.fileBytes))
      resolve();
  };
  const folders = new Set(files.map((file) => path.dirname(file)));
  const watchers = [...folders].map((folder) => watch(folder, look));
  return {
    halfway,
    onEvent: (event) => {
      if (event.event !== 'progress') return;
      isTransferring = event.phase === 'transfer';
      look();
    },
    stop: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}
