/** Disk work in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { DwcpError, isErrorCode } from '@dwcp/core';
import type { ContentWriter, Disk } from './disk.ts';
import type { DiskAnswer, DiskCall, DiskMethods } from './methods.ts';
import { PieceWriter } from './piece-writer.ts';

/** One disk worker. */
export class ThreadDisk implements Disk {
  readonly #worker: Worker;
  readonly #calls = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #nextId = 0;
  #failure: DwcpError | undefined;

  constructor() {
    // The worker stands beside this file, as source or as built file.
    const isSource = import.meta.url.endsWith('.ts');
    const name = isSource ? './worker.ts' : './worker.js';
    const execArgv = isSource ? ['--conditions=@dwcp/source'] : [];
    this.#worker = new Worker(new URL(name, import.meta.url), { execArgv });
    this.#worker.on('message', (answer: DiskAnswer) => this.#settle(answer));
    this.#worker.on('error', (cause) =>
      this.#fail(new DwcpError('ERR_DWCP_IO', 'the disk worker failed', { cause })),
    );
    this.#worker.on('exit', () =>
      this.#fail(new DwcpError('ERR_DWCP_INVALID_STATE', 'the disk worker was stopped')),
    );
    this.#worker.unref();
  }

  /** Calls a method of the worker. `move` are buffers given away to it. */
  call<Name extends keyof DiskMethods>(
    method: Name,
    argument: Parameters<DiskMethods[Name]>[0],
    move: ArrayBuffer[] = [],
  ): Promise<ReturnType<DiskMethods[Name]>> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#nextId;
    this.#nextId += 1;
    if (this.#calls.size === 0) this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, method, argument } satisfies DiskCall, move);
    });
  }

  contentWriter(): ContentWriter {
    return new PieceWriter(this);
  }

  /** Stops the thread; calls under way reject. */
  async stop(): Promise<void> {
    // Idle workers do not keep the process; waiting for their end has to.
    this.#worker.ref();
    await this.#worker.terminate();
  }

  #settle({ id, value, error }: DiskAnswer): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#worker.unref();
    if (!error) call?.resolve(value);
    else
      call?.reject(
        new DwcpError(isErrorCode(error.code) ? error.code : 'ERR_DWCP_IO', error.message),
      );
  }

  #fail(error: DwcpError): void {
    this.#failure ??= error;
    for (const call of this.#calls.values()) call.reject(this.#failure);
    this.#calls.clear();
  }
}
