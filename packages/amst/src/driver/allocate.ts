/** Memory for payloads. */

/** Below this a zeroed array is the cheaper one. */
const smallBytes = 4096;

/**
 * Memory for exactly `sizeBytes` that is about to be overwritten in full, so it need not be zeroed.
 * A plain `Uint8Array`, not a `Buffer`: whoever gets the bytes should not meet `Buffer`'s `slice`.
 */
export function allocate(sizeBytes: number): Uint8Array {
  if (sizeBytes < smallBytes) return new Uint8Array(sizeBytes);
  return new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer);
}
