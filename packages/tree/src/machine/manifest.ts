/**
 * The list of a tree as it travels: entries in depth-first order, a directory before its content,
 * names ascending inside each directory.
 *
 * The form cannot express a path outside the tree, a missing parent or a name twice: an entry is a
 * checked name in the directory the reader stands in, preceded by how many levels to go up.
 * Layout in `docs/wire-format/tree.md`.
 */
import { BinaryReader, BinaryWriter, DwcpError } from '@dwcp/core';
import type { TreeLimits } from '../limits.ts';
import { checkName, maxNameBytes } from './path.ts';

/** One file or directory of a tree. */
export interface TreeEntry {
  /** Nothing else travels: no links, sockets or devices. */
  readonly kind: 'directory' | 'file';
  /** Name inside its directory. */
  readonly name: string;
  /** Levels to go up from the directory that the entry before this one left the reader in. */
  readonly up: number;
  /** Permission bits, 0 … 0o777. */
  readonly mode: number;
  /** Size in bytes; 0 for a directory. */
  readonly sizeBytes: number;
  /** Time of the last change in whole milliseconds since 1970; 0 for a directory. */
  readonly modifiedMs: number;
}

/** The sums that stand before the entries. */
export interface ManifestHeader {
  /** Files and directories. */
  readonly entries: number;
  /** Size of all files. */
  readonly totalBytes: number;
}

const formatVersion = 1;
const directoryBit = 1;
const newModeBit = 2;
const upShift = 4;

/** Collects the entries of a tree and encodes them. */
export class ManifestWriter {
  readonly #body = new BinaryWriter(64 * 1024);
  readonly #limits: TreeLimits;
  readonly #modes = { directory: 0o755, file: 0o644 };
  #entries = 0;
  #totalBytes = 0;
  #modifiedMs = 0;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
  }

  /** Adds the next entry in depth-first order. */
  add(entry: TreeEntry): void {
    this.#entries += 1;
    this.#totalBytes += entry.sizeBytes;
    checkSums(this.#entries, this.#totalBytes, this.#limits);
    const newMode = this.#modes[entry.kind] !== entry.mode;
    const head = entry.up * upShift + (newMode ? newModeBit : 0);
    this.#body
      .varint(head + (entry.kind === 'directory' ? directoryBit : 0))
      .text(entry.name, maxNameBytes);
    if (newMode) this.#body.varint(entry.mode);
    this.#modes[entry.kind] = entry.mode;
    if (entry.kind === 'directory') return;
    this.#body.varint(entry.sizeBytes).varint(zigzag(entry.modifiedMs - this.#modifiedMs));
    this.#modifiedMs = entry.modifiedMs;
  }

  /** The sums so far. */
  header(): ManifestHeader {
    return { entries: this.#entries, totalBytes: this.#totalBytes };
  }

  /** The encoded list; the writer must not be used afterwards. */
  finish(): Uint8Array[] {
    const header = new BinaryWriter(32)
      .varint(formatVersion)
      .varint(this.#entries)
      .varint(this.#totalBytes);
    return [header.finish(), this.#body.finish()];
  }
}

/** Reads a list that a peer sent, checking everything that can be checked without the disk. */
export class ManifestReader {
  /** The sums that the peer announced; checked against the limits. */
  readonly header: ManifestHeader;
  readonly #reader: BinaryReader;
  readonly #limits: TreeLimits;
  readonly #platform: string;
  readonly #modes = { directory: 0o755, file: 0o644 };
  /** The last name read in each open directory; its length is the depth. */
  readonly #lastNames: string[] = [''];
  #read = 0;
  #bytes = 0;
  #modifiedMs = 0;

  /** `platform` as in `process.platform`: which names are harmless depends on it. */
  constructor(bytes: Uint8Array, limits: TreeLimits, platform: string) {
    this.#reader = new BinaryReader(bytes);
    this.#limits = limits;
    this.#platform = platform;
    const version = this.#reader.varint();
    if (version !== formatVersion) {
      throw new DwcpError(
        'ERR_DWCP_VERSION_MISMATCH',
        `the tree list has version ${version}, this side reads ${formatVersion}`,
      );
    }
    this.header = { entries: this.#reader.varint(), totalBytes: this.#reader.varint() };
    checkSums(this.header.entries, this.header.totalBytes, limits);
  }

  /** The next entry, or undefined at the end, where the sums must agree. */
  next(): TreeEntry | undefined {
    if (this.#read === this.header.entries) {
      this.#reader.end();
      if (this.#bytes !== this.header.totalBytes)
        throw malformed('the sizes do not add up to the total');
      return undefined;
    }
    const head = this.#reader.varint();
    const kind = head & directoryBit ? 'directory' : 'file';
    const up = Math.floor(head / upShift);
    const name = this.#reader.text(maxNameBytes);
    this.#enter(up, name, kind);
    const mode = head & newModeBit ? this.#mode() : this.#modes[kind];
    this.#modes[kind] = mode;
    const sizeBytes = kind === 'file' ? this.#size() : 0;
    const modifiedMs = kind === 'file' ? this.#time() : 0;
    this.#read += 1;
    return { kind, name, up, mode, sizeBytes, modifiedMs };
  }

  #enter(up: number, name: string, kind: TreeEntry['kind']): void {
    const names = this.#lastNames;
    if (up >= names.length) throw malformed('an entry goes up beyond the root of its tree');
    checkName(name, this.#platform);
    names.length -= up;
    const last = names.length - 1;
    if (name <= (names[last] ?? '')) throw malformed('the names of a directory do not ascend');
    names[last] = name;
    if (kind === 'file') return;
    if (names.length > this.#limits.maxDepth) throw beyond('maxDepth', this.#limits.maxDepth);
    names.push('');
  }

  #mode(): number {
    const mode = this.#reader.varint();
    if (mode > 0o777) throw malformed(`the mode ${mode.toString(8)} has more than permission bits`);
    return mode;
  }

  #size(): number {
    const sizeBytes = this.#reader.varint();
    if (sizeBytes > this.#limits.maxFileBytes)
      throw beyond('maxFileBytes', this.#limits.maxFileBytes);
    this.#bytes += sizeBytes;
    return sizeBytes;
  }

  #time(): number {
    this.#modifiedMs += unzigzag(this.#reader.varint());
    // The range of ECMAScript time values (ECMA-262, section 21.4.1.1).
    if (Math.abs(this.#modifiedMs) > 8.64e15) throw malformed('a time of change is out of range');
    return this.#modifiedMs;
  }
}

/** Follows {@link TreeEntry.up} and gives each entry its path relative to the root of the tree. */
export class PathTracker {
  readonly #directories: string[] = [''];

  /** The path of `entry`, which must be the next one. */
  path(entry: TreeEntry): string {
    this.#directories.length -= entry.up;
    const path = (this.#directories.at(-1) ?? '') + entry.name;
    if (entry.kind === 'directory') this.#directories.push(`${path}/`);
    return path;
  }
}

function checkSums(entries: number, totalBytes: number, limits: TreeLimits): void {
  if (entries > limits.maxEntries) throw beyond('maxEntries', limits.maxEntries);
  if (totalBytes > limits.maxTotalBytes) throw beyond('maxTotalBytes', limits.maxTotalBytes);
}

/** Signed numbers near zero as small unsigned ones (Protocol Buffers encoding, signed integers). */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', `tree list: ${message}`);
}

function beyond(limit: keyof TreeLimits, value: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `the tree is above the limit ${limit} of ${value}`,
  );
}
