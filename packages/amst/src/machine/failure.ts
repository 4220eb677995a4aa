/** Errors on the wire: a code and a message. */
import {
  BinaryReader,
  BinaryWriter,
  DwcpError,
  isDwcpError,
  isErrorCode,
  type ErrorCode,
} from '@dwcp/core';

const maxCodeBytes = 64;
const maxReasonBytes = 1024;

/** Largest encoded failure: both texts with their length prefixes of at most 2 bytes. */
export const maxFailureBytes: number = maxCodeBytes + maxReasonBytes + 4;

/** The bytes of an error, with its message cut to about 340 characters. */
export function encodeFailure(error: DwcpError): Uint8Array {
  // A UTF-16 unit takes at most 3 bytes in UTF-8.
  const reason = error.message.slice(0, Math.floor(maxReasonBytes / 3));
  return new BinaryWriter(64).text(error.code, maxCodeBytes).text(reason, maxReasonBytes).finish();
}

/**
 * The error that the peer sent, its message behind `context`. A code that this version does not
 * know becomes `ERR_DWCP_HANDLER_FAILED` with the code in the message.
 */
export function decodeFailure(body: Uint8Array, context: string): DwcpError {
  const reader = new BinaryReader(body);
  const code = reader.text(maxCodeBytes);
  // Control characters would let a peer write into our logs and terminals.
  const reason = reader.text(maxReasonBytes).replace(/\p{Cc}/gu, ' ');
  reader.end();
  if (isErrorCode(code)) return new DwcpError(code, `${context}: ${reason}`);
  return new DwcpError('ERR_DWCP_HANDLER_FAILED', `${context}: ${code}: ${reason}`);
}

/** What was thrown as a `DwcpError`: itself if it is one, else wrapped under `code`. */
export function coded(
  thrown: unknown,
  context: string,
  code: ErrorCode = 'ERR_DWCP_HANDLER_FAILED',
): DwcpError {
  if (isDwcpError(thrown)) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new DwcpError(code, `${context}: ${reason}`, { cause: thrown });
}
