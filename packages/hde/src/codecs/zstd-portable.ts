/**
 * zstd decoding by fzstd, for run-times whose node:zlib has no zstd.
 *
 * fzstd ignores checksums and truncates silently; our length and checksum find both. But a few
 * wrong bits can also keep it in a loop for ever, so it works in a thread that can be ended.
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { DwcpError, systemClock } from '@dwcp/core';
import { Gate } from '../driver/gate.ts';
import { storedPart } from '../frame.ts';
import type { Decompressor } from './library.ts';

const require = createRequire(import.meta.url);

/** Far above what an honest block takes, which fzstd decodes at 100 to 200 MB/s. */
const baseLimitMs = 2000;
const limitMsPerByte = 1e-4;

const threadSource = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { decompress } = require(workerData);
  parentPort.on('message', ({ stored, rawBytes }) => {
    try {
      parentPort.postMessage({ bytes: decompress(stored, new Uint8Array(rawBytes)) });
    } catch (error) {
      parentPort.postMessage({ reason: String(error) });
    }
  });
`;

/** What the thread is asked. */
interface Task {
  readonly stored: Uint8Array;
  readonly rawBytes: number;
}

/** What the thread answers: the bytes, or why there are none. */
interface Answer {
  readonly bytes?: Uint8Array;
  readonly reason?: string;
}

/** fzstd in a thread; it starts at the first call and does not keep the process alive. */
export function portableZstd(): Decompressor {
  return {
    library: 'fzstd',
    decompress(frame, rawBytes) {
      // A copy, because sending a part of a buffer would send all of the buffer.
      const task = { stored: storedPart(frame).slice(), rawBytes };
      return oneAtATime.run(() => thread.decompress(task));
    },
  };
}

/** A thread that does one task after the other and is replaced when it is lost. */
class FzstdThread {
  #worker: Worker | undefined;

  async decompress(task: Task): Promise<Uint8Array> {
    this.#worker ??= await startWorker();
    const { bytes, reason } = await this.#ask(this.#worker, task);
    if (bytes !== undefined) return bytes;
    throw new DwcpError('ERR_DWCP_MALFORMED', `fzstd cannot decode a block: ${reason}`);
  }

  #ask(worker: Worker, task: Task): Promise<Answer> {
    const limitMs = baseLimitMs + task.rawBytes * limitMsPerByte;
    return new Promise((resolve, reject) => {
      const release = (): void => {
        timer.cancel();
        worker.off('message', onAnswer).off('error', onError).unref();
      };
      const onAnswer = (answer: Answer): void => {
        release();
        resolve(answer);
      };
      const lose = (error: DwcpError): void => {
        release();
        this.#worker = undefined;
        void worker.terminate();
        reject(error);
      };
      const onError = (cause: unknown): void =>
        lose(new DwcpError('ERR_DWCP_MALFORMED', 'fzstd failed while decoding a block', { cause }));
      const timer = clock.schedule(limitMs, () => lose(tookTooLong(task, limitMs)));
      worker.on('message', onAnswer).on('error', onError).ref();
      worker.postMessage(task);
    });
  }
}

/** One thread for the process: codecs have no end at which theirs could be stopped. */
const thread = new FzstdThread();
const oneAtATime = new Gate(1);
/** Never virtual: what is limited is the time of a processor. */
const clock = systemClock();

async function startWorker(): Promise<Worker> {
  const { Worker } = await import('node:worker_threads');
  const workerData = require.resolve('fzstd');
  const worker = new Worker(threadSource, { eval: true, execArgv: [], workerData });
  await once(worker, 'online');
  return worker;
}

function tookTooLong({ stored, rawBytes }: Task, limitMs: number): DwcpError {
  return new DwcpError(
    'ERR_DWCP_LIMIT_EXCEEDED',
    `fzstd worked for ${limitMs} ms on ${stored.byteLength} bytes that should become ${rawBytes}`,
  );
}
