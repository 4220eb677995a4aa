import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  frame,
  frameHeaderBytes,
  frameType,
  readFrameHeader,
  writeFrameHeader,
  type FrameHeader,
} from '../../src/machine/frame.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const anyHeader: fc.Arbitrary<FrameHeader> = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  id: word,
  sequence: word,
  rawBytes: word,
  sizeBytes: word,
});

const empty = (): FrameHeader => ({ type: 0, id: 0, sequence: 0, rawBytes: 0, sizeBytes: 0 });

function encode(header: FrameHeader): DataView {
  const view = new DataView(new ArrayBuffer(frameHeaderBytes));
  writeFrameHeader(view, 0, header);
  return view;
}

test('a header reads back as it was written', () => {
  fc.assert(
    fc.property(anyHeader, (header) => {
      const read = empty();
      readFrameHeader(encode(header), read);
      expect(read).toEqual(header);
    }),
  );
});

test('a golden frame: the layout of the documentation', () => {
  const bytes = frame(frameType.credit, 7, Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0));
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '1100eef0000000070000000000000000000000080000000001000000',
  );
});

test('any damaged byte of a header is found', () => {
  const byte = fc.integer({ min: 1, max: 255 });
  const place = fc.integer({ min: 0, max: frameHeaderBytes - 1 });
  fc.assert(
    fc.property(anyHeader, place, byte, (header, at, change) => {
      const view = encode(header);
      view.setUint8(at, view.getUint8(at) ^ change);
      expect(() => readFrameHeader(view, empty())).toThrow(/check/);
    }),
  );
});

test('a header of zeros and one of ones are not valid', () => {
  const zeros = new DataView(new ArrayBuffer(frameHeaderBytes));
  expect(() => readFrameHeader(zeros, empty())).toThrow(/check/);
  const ones = new DataView(new Uint8Array(frameHeaderBytes).fill(0xff).buffer);
  expect(() => readFrameHeader(ones, empty())).toThrow(/check/);
});

test('flags are refused in this version, with a check that holds', () => {
  const view = encode({ ...empty(), type: frameType.ping });
  view.setUint8(1, 1);
  view.setUint16(2, view.getUint16(2) - 1);
  expect(() => readFrameHeader(view, empty())).toThrow(/flags 1/);
});
