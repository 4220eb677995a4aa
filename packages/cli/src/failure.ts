/** What a failure means for the exit code, and how it is told. */
import { type ErrorCode, errorTable, isDwcpError } from '@dwcp/core';
import { exitCodes } from './exit-codes.ts';

/** An error as JSON lines carry it. */
export interface Failure {
  /** Stable code; absent for a fault of `dwcp` itself. */
  readonly code?: ErrorCode;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
}

/** Remedies that are shorter to say in the words of the command line. */
const remedies: Partial<Record<ErrorCode, string>> = {
  ERR_DWCP_ABORTED: 'Run the same command again: it continues where it stood.',
  ERR_DWCP_INSECURE_LISTEN: 'Give --tls-cert, --tls-key and --tls-ca, or say --insecure.',
};

/** Describes an error of any kind. */
export function describeFailure(error: unknown): Failure {
  if (isDwcpError(error)) {
    const { code, message, retryable } = error;
    return { code, message, remedy: remedies[code] ?? errorTable[code].remedy, retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `unexpected: ${message}`,
    remedy: 'This is a fault of dwcp: set DWCP_DEBUG=1, try again and report what it says.',
    retryable: false,
  };
}

/** The exit code of a command that failed with `error`. */
export function failedCode(error: unknown, signal: AbortSignal | undefined): number {
  if (signal?.aborted) return stoppedCode(signal);
  return isDwcpError(error, 'ERR_DWCP_INVALID_ARGUMENT') ? exitCodes.usage : exitCodes.failed;
}

/** The exit code of a command that was stopped through its signal. */
export function stoppedCode(signal: AbortSignal): number {
  const reason: unknown = signal.reason;
  return reason === 'SIGTERM' || reason === 'SIGPIPE' ? exitCodes[reason] : exitCodes.SIGINT;
}
