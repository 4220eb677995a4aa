/**
 * The thread that does the disk work of a tree operation. Synchronous calls cost a tenth of
 * asynchronous ones for small files and cannot block the host's event loop from here.
 */
import { parentPort } from 'node:worker_threads';
import type { DiskAnswer, DiskCall } from './methods.ts';
import { diskOperation } from './operation.ts';
import { tellableError } from './problem.ts';

const methods = diskOperation();

async function answer({ id, method, argument }: DiskCall): Promise<void> {
  try {
    // The caller's types pair each method with its argument; here both are data.
    const call = methods[method] as (argument: unknown) => unknown;
    const value = await call(argument);
    parentPort?.postMessage({ id, value } satisfies DiskAnswer, transferable(value));
  } catch (error) {
    const { code, message } = tellableError(error);
    parentPort?.postMessage({ id, error: { code, message } } satisfies DiskAnswer);
  }
}

/** Content moves to the other thread instead of being copied. */
function transferable(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return [];
  const { bytes } = value;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

parentPort?.on('message', (call: DiskCall) => void answer(call));
