import { isDwcpError } from '@dwcp/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentOperations as write,
  ContentParser,
  type ContentSink,
  type ExpectedFile,
} from '../../src/machine/content.ts';

const digest = new Uint8Array(32).fill(7);
const files: ExpectedFile[] = [
  { index: 2, sizeBytes: 5, chunkSizes: [] },
  { index: 3, sizeBytes: 300, chunkSizes: [100, 50] },
  { index: 9, sizeBytes: 0, chunkSizes: [] },
  { index: 10, sizeBytes: 4, chunkSizes: [] },
  { index: 11, sizeBytes: 4, chunkSizes: [] },
];

/** Writes down what a sink is told; runs of data become one line. */
class Recorder implements ContentSink {
  readonly lines: string[] = [];

  begin(file: ExpectedFile): void {
    this.lines.push(`begin ${file.index}`);
  }

  data(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    const last = this.lines.at(-1) ?? '';
    if (last.startsWith('data ')) this.lines[this.lines.length - 1] = last + text;
    else this.lines.push(`data ${text}`);
  }

  copy(first: number, count: number): void {
    this.lines.push(`copy ${first} ${count}`);
  }

  end(sha256: Uint8Array | undefined): void {
    this.lines.push(sha256 ? `end ${Buffer.from(sha256).toString('hex').slice(0, 4)}` : 'end');
  }

  abandon(reason: string): void {
    this.lines.push(`abandon ${reason}`);
  }

  skip(file: ExpectedFile, reason: string): void {
    this.lines.push(`skip ${file.index} ${reason}`);
  }
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const stream = Buffer.concat([
  write.whole(2, 5),
  bytes('hello'),
  write.begin(3),
  write.copy(0, 2),
  write.data(150),
  bytes('x'.repeat(150)),
  write.end(digest),
  write.whole(9, 0),
  write.skip(10, 'is gone'),
  write.begin(11),
  write.data(2),
  bytes('ab'),
  write.abandon('changed while it was read'),
  write.finish(),
]);
const told = [
  'begin 2',
  'data hello',
  'end',
  'begin 3',
  'copy 0 2',
  `data ${'x'.repeat(150)}`,
  'end 0707',
  'begin 9',
  'end',
  'skip 10 is gone',
  'begin 11',
  'data ab',
  'abandon changed while it was read',
];

function parse(chunks: Iterable<Uint8Array>): Recorder & { finished: boolean } {
  const recorder = new Recorder();
  const parser = new ContentParser(files, recorder);
  for (const chunk of chunks) parser.push(chunk);
  return Object.assign(recorder, { finished: parser.finished });
}

describe('content stream', () => {
  it('is read the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length })), (cuts) => {
        const borders = [...new Set([0, ...cuts, stream.length])].toSorted((a, b) => a - b);
        const chunks = borders
          .slice(1)
          .map((end, position) => stream.subarray(borders[position], end));
        const { finished, lines } = parse(chunks);
        expect(lines).toEqual(told);
        expect(finished).toBe(true);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('is read byte by byte', () => {
    expect(parse([...stream].map((byte) => Uint8Array.of(byte))).lines).toEqual(told);
  });

  it.each<[string, Uint8Array[]]>([
    ['a file that was not wanted', [write.whole(1, 5)]],
    ['files out of order', [write.begin(3)]],
    ['a size other than the listed', [write.whole(2, 6)]],
    ['too much data', [write.begin(2), write.data(6)]],
    ['too little data', [write.begin(2), write.data(4), bytes('abcd'), write.close()]],
    ['a copy of what was not offered', [write.begin(2), write.copy(0, 1)]],
    [
      'a copy beyond what was offered',
      [write.whole(2, 5), bytes('hello'), write.begin(3), write.copy(1, 2)],
    ],
    ['an empty copy', [write.whole(2, 5), bytes('hello'), write.begin(3), write.copy(0, 0)]],
    ['data outside a file', [write.data(1)]],
    ['an end outside a file', [write.close()]],
    ['an abandoned file that was not begun', [write.abandon('is gone')]],
    ['a file inside a file', [write.begin(2), write.begin(3)]],
    ['an early end', [write.finish()]],
    ['bytes after the end', [stream, bytes('x')]],
    ['an unknown operation', [Uint8Array.of(99)]],
    ['an endless number', [Uint8Array.of(1, ...Array.from({ length: 40 }, () => 0x80))]],
    ['an unknown reason', [Uint8Array.of(6, 2, 9)]],
    [
      'copies without a digest',
      [
        write.whole(2, 5),
        bytes('hello'),
        write.begin(3),
        write.copy(0, 2),
        write.data(150),
        bytes('x'.repeat(150)),
        write.close(),
      ],
    ],
  ])('refuses %s', (_what, chunks) => {
    expect(() => parse(chunks)).toThrow(expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }));
  });

  it('takes nothing more after an error, not even what would be in order', () => {
    const recorder = new Recorder();
    const parser = new ContentParser(files, recorder);
    expect(() => parser.push(Uint8Array.of(99))).toThrow('unknown operation');
    const { length } = recorder.lines;
    expect(() => parser.push(stream)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' }),
    );
    expect(recorder.lines).toHaveLength(length);
  });

  it('is not finished before its last operation', () => {
    expect(parse([stream.subarray(0, -1)]).finished).toBe(false);
  });

  it('answers any damage with a typed error, never with a wrong size', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const damaged = Uint8Array.from(stream);
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            parse([damaged]);
          } catch (error) {
            expect(isDwcpError(error)).toBe(true);
            refused += 1;
          }
        },
      ),
      { numRuns: 5000, seed: 4 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});
