/** How failures of the disk are told: with the path inside the tree and the system's own word for it. */
import { DwcpError, isDwcpError } from '@dwcp/core';

/** A file or directory that was left out, and why. */
export interface Problem {
  /** Path relative to the root of the tree. */
  readonly path: string;
  /** One line for people. */
  readonly reason: string;
}

/** Remembers the first problems in full and counts the rest, so that a hostile tree costs no memory. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  readonly #keep: number;
  #count = 0;

  constructor(keep = 100) {
    this.#keep = keep;
  }

  /** Adds one. */
  add(path: string, reason: string): void {
    this.#count += 1;
    if (this.#problems.length < this.#keep) this.#problems.push({ path, reason });
  }

  /** All problems, also those that were not kept. */
  get count(): number {
    return this.#count;
  }

  /** The first problems. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }
}

/** The system's name of an error, such as `EACCES`, or undefined for an error that is not the system's. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** A system error as `ERR_DWCP_IO` that names the path inside the tree, not the one on this machine. */
export function diskError(action: string, path: string, cause: unknown): DwcpError {
  const code = systemCode(cause) ?? 'failed';
  return new DwcpError('ERR_DWCP_IO', `cannot ${action} ${JSON.stringify(path)}: ${code}`, {
    cause,
  });
}

/**
 * Any failure of disk work as an error that may be told to a peer: the messages of the system hold
 * paths of this machine, which are nobody's business.
 */
export function tellableError(cause: unknown): DwcpError {
  if (isDwcpError(cause)) return cause;
  const code = systemCode(cause) ?? 'unknown reason';
  return new DwcpError('ERR_DWCP_IO', `the disk refused an operation: ${code}`, { cause });
}
