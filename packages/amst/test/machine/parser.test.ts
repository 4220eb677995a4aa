import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { frame, type FrameHeader } from '../../src/machine/frame.ts';
import { FrameParser } from '../../src/machine/parser.ts';

interface Seen {
  readonly type: number;
  readonly id: number;
  readonly body: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function collector(skip: (header: Readonly<FrameHeader>) => boolean = () => false) {
  const seen: Seen[] = [];
  const reserved: number[] = [];
  const parser = new FrameParser({
    onHeader(header) {
      if (skip(header)) return undefined;
      reserved.push(header.sizeBytes);
      return new Uint8Array(header.sizeBytes);
    },
    onFrame: ({ type, id }, payload) => seen.push({ type, id, body: hex(payload) }),
  });
  return { parser, seen, reserved };
}

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 1, max: 40 }),
    id: fc.integer({ min: 0, max: 0xffff_ffff }),
    body: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 12 },
);

test('a stream cut at any bytes gives the same frames', () => {
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (all, cuts) => {
        const stream = Buffer.concat(all.map(({ type, id, body }) => frame(type, id, body)));
        const { parser, seen } = collector();
        // The transport reuses one buffer for all reads.
        const shared = Buffer.alloc(100);
        for (let at = 0, turn = 0; at < stream.byteLength; turn += 1) {
          const sizeBytes = Math.min(cuts[turn % cuts.length] ?? 1, stream.byteLength - at);
          stream.copy(shared, 0, at, at + sizeBytes);
          parser.push(shared.subarray(0, sizeBytes));
          shared.fill(0xee);
          at += sizeBytes;
        }
        expect(seen).toEqual(all.map(({ type, id, body }) => ({ type, id, body: hex(body) })));
      },
    ),
  );
});

test('skipped payloads cost no memory and the next frame is found', () => {
  const { parser, seen, reserved } = collector(({ type }) => type === 1);
  const stream = [frame(1, 1, new Uint8Array(5000)), frame(2, 2, Uint8Array.of(9))];
  for (const byte of Buffer.concat(stream)) parser.push(Uint8Array.of(byte));
  expect(seen).toEqual([{ type: 2, id: 2, body: '09' }]);
  expect(reserved).toEqual([1]);
});

test('a stopped parser drops the rest of the chunk it is in', () => {
  const seen: number[] = [];
  const parser: FrameParser = new FrameParser({
    onHeader: (header) => new Uint8Array(header.sizeBytes),
    onFrame(header) {
      seen.push(header.id);
      if (header.id === 2) parser.stop();
    },
  });
  const empty = new Uint8Array(0);
  parser.push(Buffer.concat([1, 2, 3].map((id) => frame(5, id, empty))));
  parser.push(frame(5, 4, empty));
  expect(seen).toEqual([1, 2]);
});
