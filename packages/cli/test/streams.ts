/** Streams that remember what was written to them. */
import { Writable } from 'node:stream';
import type { CliIo } from '../src/io.ts';

/** Remembers text; passes as a terminal when it is told to. */
export class Recorder extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/** Streams for one run of the command. */
export function recordedIo<Extra extends Partial<CliIo>>(
  extra: Extra,
): Extra & { stdout: Recorder; stderr: Recorder } {
  return { ...extra, stdout: new Recorder(), stderr: new Recorder() };
}
