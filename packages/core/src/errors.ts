/**
 * One error class for every package, recognised by a marker and told apart by a stable code.
 *
 * Match on `code`, never on `instanceof`: two copies of this package may be loaded at the same time.
 */

/** What a code means, whether trying again can help, and what the caller should do about it. */
export interface ErrorEntry {
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** One sentence: what happened. */
  readonly meaning: string;
  /** One sentence: what the caller can do. */
  readonly remedy: string;
}

/**
 * Every error code of DWCP. The page `docs/errors.md` is generated from this table, and a
 * lint rule holds that each code is thrown somewhere.
 */
export const errorTable = {
  ERR_DWCP_ABORTED: {
    retryable: false,
    meaning: 'The caller aborted the operation through its signal.',
    remedy: 'Nothing to do; start the operation again when it is wanted.',
  },
  ERR_DWCP_INVALID_ARGUMENT: {
    retryable: false,
    meaning: 'An argument or option has the wrong type or lies outside its range.',
    remedy: 'Correct the argument that the message names.',
  },
  ERR_DWCP_INVALID_STATE: {
    retryable: false,
    meaning:
      'The operation is not possible in the current state, for example on a stopped component.',
    remedy: 'Check the order of calls: start before use, no use after stop.',
  },
  ERR_DWCP_START_FAILED: {
    retryable: true,
    meaning: 'A part could not start; the parts started before it were stopped again.',
    remedy: 'Read the cause, mend it and start again.',
  },
  ERR_DWCP_STOP_FAILED: {
    retryable: false,
    meaning: 'One or more parts failed while stopping; all parts were asked to stop.',
    remedy: 'Read the errors in the cause; resources of those parts may be left.',
  },
  ERR_DWCP_TIMEOUT: {
    retryable: true,
    meaning: 'The other side did not answer inside the time limit.',
    remedy: 'Try again, or raise the limit that the message names.',
  },
  ERR_DWCP_LIMIT_EXCEEDED: {
    retryable: false,
    meaning: 'A size, count or depth is above a configured limit.',
    remedy: 'Send less, or raise the limit that the message names on the side that refused.',
  },
  ERR_DWCP_MALFORMED: {
    retryable: false,
    meaning:
      'Received bytes are not a valid message: truncated, wrong magic, unknown type or out of range.',
    remedy: 'Check that the other side is a DWCP node; the session was closed.',
  },
  ERR_DWCP_VERSION_MISMATCH: {
    retryable: false,
    meaning: 'The two sides have no protocol version in common.',
    remedy: 'Upgrade the older side.',
  },
  ERR_DWCP_CHECKSUM_MISMATCH: {
    retryable: true,
    meaning: 'Received or decoded bytes differ from what the sender had.',
    remedy: 'Send again; if it happens again, suspect memory, disk or a middlebox.',
  },
  ERR_DWCP_UNSUPPORTED: {
    retryable: false,
    meaning: 'This build, platform or peer does not have the feature.',
    remedy: 'Use the alternative that the message names.',
  },
  ERR_DWCP_CONNECT_FAILED: {
    retryable: true,
    meaning: 'No connection could be made to the address.',
    remedy: 'Check that the other side listens there and that nothing blocks the path.',
  },
  ERR_DWCP_CONNECTION_LOST: {
    retryable: true,
    meaning: 'The connection ended before the operation was complete.',
    remedy: 'Connect again; an interrupted transfer resumes where it stood.',
  },
  ERR_DWCP_LISTEN_FAILED: {
    retryable: false,
    meaning: 'The address cannot be listened on, for example because it is in use.',
    remedy: 'Choose another port or stop the process that holds it.',
  },
  ERR_DWCP_INSECURE_LISTEN: {
    retryable: false,
    meaning: 'A listener beyond loopback was asked for without encryption and authentication.',
    remedy: 'Give a certificate, a key and a client authority, or say insecure explicitly.',
  },
  ERR_DWCP_AUTHENTICATION_FAILED: {
    retryable: false,
    meaning: 'The other side could not prove who it is, or does not trust this side.',
    remedy: 'Check certificates and certificate authorities on both sides.',
  },
  ERR_DWCP_REFUSED: {
    retryable: false,
    meaning: 'The other side understood the request and refused it.',
    remedy: 'Read the reason in the message; change the request or the other side’s settings.',
  },
  ERR_DWCP_BUSY: {
    retryable: true,
    meaning: 'The other side has as many sessions or transfers as it accepts.',
    remedy: 'Try again later, or raise the limit on the other side.',
  },
  ERR_DWCP_HANDLER_FAILED: {
    retryable: false,
    meaning:
      'A handler or source of the application, here or at the peer, threw an error of its own; what it served was given up.',
    remedy: 'Read the message, the cause or the log of the side it threw on, and mend the handler.',
  },
  ERR_DWCP_UNSAFE_PATH: {
    retryable: false,
    meaning:
      'A path would leave the served directory or name something that is not a plain file or directory.',
    remedy: 'Send relative paths of plain files and directories without symbolic links on the way.',
  },
  ERR_DWCP_IO: {
    retryable: false,
    meaning: 'Reading or writing a file failed.',
    remedy: 'Read the cause: permissions, free space or a failing disk.',
  },
} as const;

/** A stable code of {@link DwcpError}. */
export type ErrorCode = keyof typeof errorTable;

/** Details of a {@link DwcpError}. */
export interface ErrorDetails {
  /** The error behind this one. */
  readonly cause?: unknown;
  /** Overrides the table where this occurrence is known to differ. */
  readonly retryable?: boolean;
}

const marker = Symbol.for('@dwcp/error');

/**
 * The only error that DWCP packages throw on purpose.
 *
 * @example
 * ```ts
 * import { DwcpError, isDwcpError } from '@dwcp/core';
 *
 * const error = new DwcpError('ERR_DWCP_TIMEOUT', 'no answer within 5s');
 * isDwcpError(error, 'ERR_DWCP_TIMEOUT'); // => true
 * error.retryable; // => true
 * ```
 */
export class DwcpError extends Error {
  /** Stable: part of the public interface, never renamed inside a major version. */
  readonly code: ErrorCode;
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'DwcpError';
    this.code = code;
    const entry: ErrorEntry = errorTable[code];
    this.retryable = details.retryable ?? entry.retryable;
    Object.defineProperty(this, marker, { value: true });
  }
}

/**
 * True for a {@link DwcpError} of any loaded copy of this package, and, when `code` is given,
 * only for one with that code.
 */
export function isDwcpError(value: unknown, code?: ErrorCode): value is DwcpError {
  if (typeof value !== 'object' || value === null || !(marker in value)) return false;
  return code === undefined || ('code' in value && value.code === code);
}

/** True when `code` names an entry of {@link errorTable}; for codes that arrive from a peer. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}

/**
 * Throws `ERR_DWCP_ABORTED` when the signal has fired; the signal's reason becomes the cause.
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}

/** The error that an aborted operation rejects with. */
export function abortedError(signal: AbortSignal): DwcpError {
  return new DwcpError('ERR_DWCP_ABORTED', 'the operation was aborted', { cause: signal.reason });
}
