/** Files and folders are named after what they hold. */
import type { Finding, House } from '../house.ts';

const empty = /^(utils?|commons?|helpers?|misc)$/;

/** Reports files and folders with a name that says nothing. */
export function names({ sources }: House): Finding[] {
  return [...sources.keys()].flatMap((file) => {
    const part = file.split('/').find((name) => empty.test(name.replace(/\..*$/, '')));
    if (part === undefined) return [];
    return [{ file, line: 1, message: `"${part}" does not say what it holds` }];
  });
}
