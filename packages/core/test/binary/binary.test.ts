import { BinaryReader, BinaryWriter } from '@dwcp/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const malformed = expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' });
const invalid = expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' });
const maxBytes = 1000;

/** One field: how it is written, and a read that returns what was written. */
interface Field {
  readonly value: unknown;
  write(writer: BinaryWriter): unknown;
  read(reader: BinaryReader): unknown;
}

const uint = (limit: number) =>
  fc.oneof(
    fc.nat(Math.min(limit, 300)),
    fc.maxSafeNat().map((n) => n % (limit + 1)),
  );

const field: fc.Arbitrary<Field> = fc.oneof(
  uint(0xff).map((value): Field => ({
    value,
    write: (to) => to.uint8(value),
    read: (from) => from.uint8(),
  })),
  uint(0xffff).map((value): Field => ({
    value,
    write: (to) => to.uint16(value),
    read: (from) => from.uint16(),
  })),
  uint(2 ** 32 - 1).map((value): Field => ({
    value,
    write: (to) => to.uint32(value),
    read: (from) => from.uint32(),
  })),
  fc.maxSafeNat().map((value): Field => ({
    value,
    write: (to) => to.uint53(value),
    read: (from) => from.uint53(),
  })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): Field => ({
    value,
    write: (to) => to.uint64(value),
    read: (from) => from.uint64(),
  })),
  uint(Number.MAX_SAFE_INTEGER).map((value): Field => ({
    value,
    write: (to) => to.varint(value),
    read: (from) => from.varint(),
  })),
  fc.uint8Array({ maxLength: 200 }).map((value): Field => ({
    value,
    write: (to) => to.prefixed(value, maxBytes),
    read: (from) => from.prefixed(maxBytes),
  })),
  fc.uint8Array({ maxLength: 200 }).map((value): Field => ({
    value,
    write: (to) => to.bytes(value),
    read: (from) => from.bytes(value.byteLength),
  })),
  fc.string({ unit: 'grapheme', maxLength: 50 }).map((value): Field => ({
    value,
    write: (to) => to.text(value, maxBytes),
    read: (from) => from.text(maxBytes),
  })),
);

describe('binary reader and writer', () => {
  it('round-trip any sequence of fields, and refuse a prefix or more of it', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), fc.nat(80), (fields, expectedBytes) => {
        const writer = new BinaryWriter(expectedBytes);
        for (const each of fields) each.write(writer);
        const message = writer.finish();
        expect(writer.sizeBytes).toBe(message.byteLength);
        const readAll = (bytes: Uint8Array): unknown[] => {
          const reader = new BinaryReader(bytes);
          const values = fields.map((each) => each.read(reader));
          reader.end();
          return values;
        };
        expect(readAll(message)).toEqual(fields.map((each) => each.value));
        const cuts = [0, message.byteLength >> 1, message.byteLength - 1];
        for (const cut of cuts.filter((end) => end >= 0 && end < message.byteLength)) {
          expect(() => readAll(message.subarray(0, cut))).toThrow(malformed);
        }
        expect(() => readAll(Uint8Array.of(...message, 0))).toThrow(malformed);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('write big-endian numbers and shortest varints', () => {
    const message = new BinaryWriter(0)
      .uint16(0x0102)
      .uint32(0x03040506)
      .uint53(2 ** 53 - 1)
      .uint64(0x0102030405060708n)
      .varint(300)
      .text('ü', 2)
      .finish();
    const fields = ['0102', '03040506', '001fffffffffffff', '0102030405060708', 'ac02', '02c3bc'];
    expect(Buffer.from(message).toString('hex')).toBe(fields.join(''));
  });

  it('keep the value that makes the buffer grow', () => {
    const message = new BinaryWriter(1).uint8(1).uint32(0xdeadbeef).finish();
    expect(message).toEqual(Uint8Array.of(1, 0xde, 0xad, 0xbe, 0xef));
  });
});

describe('binary writer', () => {
  it.each<[string, (writer: BinaryWriter) => unknown]>([
    ['uint8 256', (writer) => writer.uint8(256)],
    ['uint8 -1', (writer) => writer.uint8(-1)],
    ['uint16 1.5', (writer) => writer.uint16(1.5)],
    ['uint32 2^32', (writer) => writer.uint32(2 ** 32)],
    ['uint53 2^53', (writer) => writer.uint53(2 ** 53)],
    ['uint64 2^64', (writer) => writer.uint64(2n ** 64n)],
    ['uint64 -1', (writer) => writer.uint64(-1n)],
    ['varint NaN', (writer) => writer.varint(Number.NaN)],
    ['too many bytes', (writer) => writer.prefixed(new Uint8Array(5), 4)],
    ['too long a text', (writer) => writer.text('üü', 3)],
  ])('refuses %s and writes nothing of it', (_name, write) => {
    const writer = new BinaryWriter();
    expect(() => write(writer)).toThrow(invalid);
    expect(writer.sizeBytes).toBe(0);
  });
});

describe('binary reader', () => {
  it.each<[string, readonly number[], (reader: BinaryReader) => unknown]>([
    ['a 64-bit number of 2^53', [0, 0x20, 0, 0, 0, 0, 0, 0], (reader) => reader.uint53()],
    ['a varint that is not the shortest', [0x80, 0], (reader) => reader.varint()],
    [
      'a varint of 2^53',
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
      (reader) => reader.varint(),
    ],
    ['a varint without end', Array.from({ length: 20 }, () => 0xff), (reader) => reader.varint()],
    ['a field above its limit', [5, 1, 2, 3, 4, 5], (reader) => reader.prefixed(4)],
    ['a field longer than the message', [0xff, 0xff, 0x7f], (reader) => reader.prefixed(1e9)],
    ['text that is not UTF-8', [1, 0xff], (reader) => reader.text(10)],
    ['a negative size', [1, 2, 3], (reader) => reader.bytes(-1)],
    ['half a byte', [1, 2, 3], (reader) => reader.bytes(0.5)],
  ])('refuses %s', (name, bytes, read) => {
    const ours = name.startsWith('a negative') || name.startsWith('half');
    const code = ours ? 'ERR_DWCP_INVALID_ARGUMENT' : 'ERR_DWCP_MALFORMED';
    expect(() => read(new BinaryReader(Uint8Array.from(bytes)))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('returns views of the message it was given, wherever that starts', () => {
    const memory = Uint8Array.of(9, 9, 2, 7, 8, 9);
    const reader = new BinaryReader(memory.subarray(2, 5));
    const view = reader.prefixed(10);
    expect(view).toEqual(Uint8Array.of(7, 8));
    expect(view.buffer).toBe(memory.buffer);
    expect(reader.remainingBytes).toBe(0);
  });
});
