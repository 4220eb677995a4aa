/**
 * Which names a peer may use. A name that passes can only mean an entry of the directory it stands
 * in, on every file system; whether that entry is a plain file or directory is asked of the disk.
 */
import { DwcpError } from '@dwcp/core';

/** Longest file name in bytes: NAME_MAX of Linux, macOS and NTFS alike. */
export const maxNameBytes = 255;

/** The folder inside a served directory where files stand until they are complete. */
export const stagingName = '.dwcp';

// Names that Windows gives to devices in every folder, with any extension (Naming Files, Win32 docs).
const windowsDevice = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
// Separators, alternate streams and wildcards of Windows, and control characters.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const windowsForbidden = /[<>:"|?*\\\u0000-\u001f]|[. ]$/;

/** Throws `ERR_DWCP_UNSAFE_PATH` unless `name` is a harmless name of one directory entry. */
export function checkName(name: string, platform: string): void {
  if (name === '' || name === '.' || name === '..') throw unsafe(name, 'is not a name');
  if (name.includes('/') || name.includes('\0')) throw unsafe(name, 'contains a separator');
  if (Buffer.byteLength(name) > maxNameBytes) {
    throw unsafe(name.slice(0, 40), `is longer than ${maxNameBytes} bytes`);
  }
  if (platform !== 'win32') return;
  if (windowsForbidden.test(name) || windowsDevice.test(name)) {
    throw unsafe(name, 'is not a plain file name on Windows');
  }
}

/**
 * Splits a relative path of a peer, `a/b`, into checked names. The empty path is the served
 * directory itself. The staging folder is nobody's business: naming it throws too.
 */
export function splitPath(path: string, platform: string): string[] {
  if (path === '') return [];
  const names = path.split('/');
  for (const name of names) checkName(name, platform);
  if (isStagingName(names[0] ?? '')) throw unsafe(path, 'is the staging folder');
  return names;
}

// A disk may take names for the same that differ in case, normal form or ignorable characters, and
// NTFS gives every long name a short one.
const ignorable = /[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const shortName = /^dwcp~\d+$/;

/** True for every name by which some file system reaches the staging folder. */
export function isStagingName(name: string): boolean {
  const folded = name.replace(ignorable, '').normalize('NFKC').toLowerCase();
  return folded === stagingName || shortName.test(folded);
}

function unsafe(name: string, why: string): DwcpError {
  return new DwcpError('ERR_DWCP_UNSAFE_PATH', `the path ${JSON.stringify(name)} ${why}`);
}
