/** What the demo holds DWCP to. A check that fails ends the demo with exit code 1. */
import { differences, type Fingerprint } from './tree/fingerprint.ts';

/** A promise that was not kept; the message is for the user. */
export class DemoFailure extends Error {}

/** Ends the demo with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new DemoFailure(message);
}

/** Both sides hold the same files, and the tree is not a handful of files. */
export function checkSame(source: Fingerprint, received: Fingerprint): void {
  check(source.size >= 1000, `the tree has only ${source.size} files`);
  check(received.size === source.size, `${received.size} files arrived, not ${source.size}`);
  checkNone(differences(source, received), 'differ on the two sides');
}

/** What stood on the receiving side when it was killed. */
export interface Halfway {
  readonly oldFiles: number;
  readonly newFiles: number;
}

/**
 * Every file is whole: its content is the one before the change or the one after it. Of the changed
 * files some have arrived and some have not, or the kill would show nothing.
 */
export function checkWhole(
  before: Fingerprint,
  after: Fingerprint,
  received: Fingerprint,
): Halfway {
  const paths = [...new Set([...before.keys(), ...after.keys(), ...received.keys()])];
  const broken = paths.filter(
    (file) => received.get(file) !== before.get(file) && received.get(file) !== after.get(file),
  );
  checkNone(broken, 'are neither old nor new after the kill');
  const changed = differences(before, after);
  const newFiles = changed.filter((file) => received.get(file) === after.get(file)).length;
  const oldFiles = changed.length - newFiles;
  check(newFiles > 0, 'the receiver was killed before any file was in place');
  check(oldFiles > 0, 'the receiver was killed after all files were in place');
  return { newFiles, oldFiles };
}

function checkNone(files: readonly string[], fault: string): void {
  const examples = files.slice(0, 5).join(', ');
  check(files.length === 0, `${files.length} files ${fault}, such as ${examples}`);
}
