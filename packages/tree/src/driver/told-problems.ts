/** How many problems are told to a peer, so that they fit into a message however long the paths are. */
import type { Problems } from '../disk/methods.ts';
import type { Problem } from '../report.ts';

/** Problems that are told; the rest is only counted. */
const toldProblems = 50;
/** Their share of a message of 60 KiB. */
const toldBytes = 48 * 1024;
/** More than the names of its fields and the lengths take in a control message. */
const problemFrameBytes = 32;

/** The first problems of two lists as one, and how many there are. */
export function joinProblems(a: Problems, b: Problems): Problems {
  return { count: a.count + b.count, first: [...a.first, ...b.first] };
}

/** As many of the first problems as may be told, in a message with so many `lists` of them. */
export function firstThatFit(problems: readonly Problem[], lists: number): readonly Problem[] {
  let roomBytes = toldBytes / lists;
  const end = problems.findIndex(({ path, reason }, position) => {
    roomBytes -= Buffer.byteLength(path) + Buffer.byteLength(reason) + problemFrameBytes;
    return position === toldProblems || roomBytes < 0;
  });
  return end < 0 ? problems : problems.slice(0, end);
}
