/** The third step: the receiver is killed in the middle of a push and comes back. */
import { statSync, watch } from 'node:fs';
import path from 'node:path';
import type { DoneEvent } from '@dwcp/cli';
import { seededRandom } from '@dwcp/core';
import { check, checkWhole, type Halfway } from './checks.ts';
import { type Receiver, type Scene, serve, startPush } from './scene.ts';
import { rewriteLargeFiles, type TreeChange } from './tree/edits.ts';
import { type Fingerprint, fingerprint } from './tree/fingerprint.ts';

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
}

/**
 * Changes large files, pushes them, kills the receiver halfway and starts it again. `before` is what
 * both sides hold.
 */
export async function crashAndResume(
  scene: Scene,
  receiver: Receiver,
  before: Fingerprint,
): Promise<Survival> {
  const change = rewriteLargeFiles(scene.source, seededRandom(2), rewrite);
  const after = fingerprint(scene.source);

  using trigger = watchForKill(scene, change.paths);
  await using pusher = startPush(scene, receiver.address, trigger.look);
  await Promise.race([trigger.halfway, pusher.done]);
  await receiver.process.end('SIGKILL');
  const halfway = checkWhole(before, after, fingerprint(scene.received));

  // oxlint-disable-next-line no-underscore-dangle -- it only has to run until the push is done
  await using _restarted = await serve(scene, receiver.address);
  const report = await pusher.done;
  const { attempts, writtenFiles } = report;
  check(attempts > 1, 'the push was done before the receiver was killed');
  check(
    writtenFiles === halfway.oldFiles,
    `the resumed push wrote ${writtenFiles} files, but ${halfway.oldFiles} were missing`,
  );
  return { change, halfway, report };
}

interface Trigger extends Disposable {
  /** Resolves when the first changed file has been put in place. */
  readonly halfway: Promise<void>;
  /** To be called when the push reports something. */
  readonly look: () => void;
}

/** Looks when the file system tells of a change, and when the push reports progress. */
function watchForKill({ received }: Scene, changed: readonly string[]): Trigger {
  const files = changed.map((file) => path.join(received, file));
  let resolve: () => void;
  const halfway = new Promise<void>((settle) => {
    resolve = settle;
  });
  const look = (): void => {
    if (files.some((file) => statSync(file).size === rewrite.fileBytes)) resolve();
  };
  const folders = new Set(files.map((file) => path.dirname(file)));
  const watchers = [...folders].map((folder) => watch(folder, look));
  return {
    halfway,
    look,
    [Symbol.dispose]: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}
