/** What is pushed, in this order into the same place, and what is asked of us. */

/** Times are compared with every peer, bytes with rsync alone: the others send everything. */
export interface Case {
  readonly name: string;
  /** Which tree is pushed. */
  readonly tree: 'first' | 'edited';
  /** True when there is something to bring up to date. */
  readonly isUpdate: boolean;
  /** How many times better than rsync we have to be; null where nothing is asked. */
  readonly goals: { readonly time: number | null; readonly bytes: number | null };
}

/** The goals are those of the foundation: not slower than rsync, less than twice its bytes. */
export const cases: readonly Case[] = [
  { name: 'first push', tree: 'first', isUpdate: false, goals: { time: 1, bytes: null } },
  { name: '1 % edited', tree: 'edited', isUpdate: true, goals: { time: null, bytes: 0.5 } },
  { name: 'no change', tree: 'edited', isUpdate: true, goals: { time: null, bytes: null } },
];
