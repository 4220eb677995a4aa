/** Who does the disk work of an operation. */
import type { DiskMethods } from './methods.ts';

/** The disk, for one operation at a time. */
export interface Disk {
  /** Calls a method. `move` are buffers given away, where another thread does the work. */
  call<Name extends keyof DiskMethods>(
    method: Name,
    argument: Parameters<DiskMethods[Name]>[0],
    move?: ArrayBuffer[],
  ): Promise<ReturnType<DiskMethods[Name]>>;
  /** Takes the content of this operation. */
  contentWriter(): ContentWriter;
  /** Releases what the disk holds; calls under way reject. */
  stop(): Promise<void>;
}

/** Takes content for writing, a chunk at a time. */
export interface ContentWriter {
  /**
   * Writes a chunk, or keeps a copy for later; resolves when the next may come, after which the
   * memory of this one is free. Rejects when this or an earlier chunk failed.
   */
  add(chunk: Uint8Array): Promise<void>;
  /** Waits for all. */
  drain(): Promise<void>;
}
