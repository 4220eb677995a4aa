/** Disk work beside the sockets, in the same thread. */
import type { ContentWriter, Disk } from './disk.ts';
import type { DiskMethods } from './methods.ts';
import { type AsyncDiskMethods, diskOperation } from './operation.ts';
import { tellableError } from './problem.ts';

/**
 * Blocks the event loop for each step, about a millisecond for small files on a local disk. Spares
 * the start of a thread and the way of all content there: for processes that do nothing else.
 */
export class InlineDisk implements Disk {
  readonly #methods: AsyncDiskMethods = diskOperation();

  async call<Name extends keyof DiskMethods>(
    method: Name,
    argument: Parameters<DiskMethods[Name]>[0],
  ): Promise<ReturnType<DiskMethods[Name]>> {
    try {
      return await this.#methods[method](argument);
    } catch (error) {
      throw tellableError(error);
    }
  }

  contentWriter(): ContentWriter {
    return {
      add: async (bytes) => {
        await this.call('write', { bytes, usedBytes: bytes.byteLength });
      },
      drain: async () => {},
    };
  }

  async stop(): Promise<void> {
    await this.#methods.reset(undefined);
  }
}
