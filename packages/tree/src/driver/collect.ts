/** Small transfers as one array. */
import { DwcpError, type IncomingTransfer } from '@dwcp/core';

/** All bytes of a transfer of at most `maxBytes`; more is refused with `ERR_DWCP_LIMIT_EXCEEDED`. */
export async function collect(
  transfer: IncomingTransfer,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of transfer.chunks(signal ? { signal } : {})) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) {
      throw new DwcpError(
        'ERR_DWCP_LIMIT_EXCEEDED',
        `a list of the other side is above the limit maxManifestBytes of ${maxBytes}`,
      );
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
