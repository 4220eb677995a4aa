/** The folder that a run writes to. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes an empty folder for a suite below `parent`.
 *
 * ext4 does not use an inode again until some minutes after its file was removed, and passes over
 * all such inodes of a block group for every new file (`recently_deleted` in fs/ext4/ialloc.c):
 * after an `rm -r` of thousands of files, creating some nearby takes up to five times as long, for
 * us and for every peer. So a suite removes nothing while it measures, and asks for its folders to
 * be spread over the disk, away from what the run before removed. Where that is not possible, the
 * figures are noisier.
 */
export function makeFolder(parent: string, suite: string): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, `bench-${suite}-`));
  // "Top of a directory hierarchy" (chattr(1)): its folders are not related to one another.
  if (process.platform === 'linux') spawnSync('chattr', ['+T', folder], { stdio: 'ignore' });
  return folder;
}

/** Removes the folder of a suite. What the disk makes one wait for, it does for all parts at a time. */
export async function removeFolder(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true })));
  await rm(folder, { recursive: true });
}
