import { decodeControl, encodeControl, isDwcpError, seededRandom } from '@dwcp/core';
import type { ControlValue, Random } from '@dwcp/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const code = (expected: string) => expect.objectContaining({ code: expected });
const protoKey = new TextEncoder().encode('__proto__');
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** Any allowed value. -0 is left out: MessagePack writes it as the integer 0. */
const { value: anyValue } = fc.letrec<{ value: ControlValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true, maxKeys: 5 },
    ),
  ),
}));

/** A copy with up to four bytes changed, and now and then a piece cut off its end. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  const cut = random.integer(8) === 0 ? random.integer(original.byteLength) : 0;
  const mutant = original.slice(0, original.byteLength - cut);
  for (let changes = random.integer(4); changes >= 0; changes -= 1) {
    mutant[random.integer(mutant.byteLength)] = random.integer(256);
  }
  return mutant;
}

describe('control messages', () => {
  it('round-trips every allowed value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeControl(encodeControl(value, { maxBytes: 1e6 }), { maxBytes: 1e6 })).toEqual(
          value,
        );
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('returns plain bytes that share no memory with the message', () => {
    const message = encodeControl({ digest: bytes(1, 2) });
    const value = decodeControl(message);
    message.fill(0);
    expect(value).toEqual({ digest: bytes(1, 2) });
    expect(message.constructor).toBe(Uint8Array);
  });

  it.each([
    ['undefined', undefined],
    ['an undefined member', { a: undefined }],
    ['a date', new Date(0)],
    ['a bigint that is no safe integer', 2n ** 60n],
    ['a bigint of more than 64 bits', 2n ** 70n],
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a map with number keys', new Map([[1, 2]])],
    ['a lone surrogate', '\ud800'],
    ['the key __proto__', JSON.parse('{"__proto__": 1}')],
  ])('refuses to encode %s', (_name, value) => {
    expect(() => encodeControl(value)).toThrow(code('ERR_DWCP_INVALID_ARGUMENT'));
  });

  it('refuses a circular value', () => {
    const value: Record<string, ControlValue> = {};
    value['self'] = value;
    expect(() => encodeControl(value)).toThrow(code('ERR_DWCP_INVALID_ARGUMENT'));
  });

  it('bounds the size on both sides', () => {
    const value = 'x'.repeat(100);
    expect(() => encodeControl(value, { maxBytes: 101 })).toThrow(code('ERR_DWCP_LIMIT_EXCEEDED'));
    const message = encodeControl(value, { maxBytes: 102 });
    expect(() => decodeControl(message, { maxBytes: 101 })).toThrow(/102 bytes .* 101/);
    expect(() => decodeControl(new Uint8Array(65_537))).toThrow(code('ERR_DWCP_LIMIT_EXCEEDED'));
  });

  it('nests to 32 levels and no deeper', () => {
    let value: ControlValue = 1;
    for (let depth = 0; depth < 32; depth += 1) value = depth % 2 === 0 ? [value] : { a: value };
    expect(decodeControl(encodeControl(value))).toEqual(value);
    expect(() => encodeControl([value])).toThrow(code('ERR_DWCP_LIMIT_EXCEEDED'));
    expect(() => decodeControl(new Uint8Array(60_000).fill(0x91))).toThrow(
      code('ERR_DWCP_LIMIT_EXCEEDED'),
    );
  });

  it.each<[string, Uint8Array, unknown]>([
    [
      'the largest integer',
      bytes(0xcf, 0, 0x1f, 255, 255, 255, 255, 255, 255),
      Number.MAX_SAFE_INTEGER,
    ],
    ['the smallest integer', bytes(0xd3, 255, 0xe0, 0, 0, 0, 0, 0, 1), Number.MIN_SAFE_INTEGER],
    ['a float32', bytes(0xca, 0x3f, 0x80, 0, 0), 1],
    ['an int8', bytes(0xd0, 0x80), -128],
    ['a map16', bytes(0xde, 0, 1, 0xa1, 0x61, 0xc3), { a: true }],
  ])('decodes %s of another encoder', (_name, message, value) => {
    expect(decodeControl(message)).toEqual(value);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', bytes()],
    ['a second value', bytes(1, 2)],
    ['an array of 4 billion items', bytes(0xdd, 255, 255, 255, 255)],
    ['a map of 4 billion entries', bytes(0xdf, 255, 255, 255, 255, 0xa0)],
    ['a map with more entries than bytes for keys and values', bytes(0x82, 0xa1, 0x61, 0x01)],
    ['bytes of 4 GB', bytes(0xc6, 255, 255, 255, 255, 1)],
    ['a string longer than the message', bytes(0xd9, 5, 0x61)],
    ['a number key', bytes(0x81, 1, 1)],
    ['an array as key', bytes(0x81, 0x90, 1)],
    ['the key __proto__', bytes(0x81, 0xa9, ...protoKey, 0x80)],
    ['the key __proto__ in a long form', bytes(0x81, 0xd9, 9, ...protoKey, 0x80)],
    ['text that is not UTF-8', bytes(0xa1, 0xff)],
    ['the unused type', bytes(0xc1)],
    ['a record definition of msgpackr', bytes(0xd4, 0x72, 0x40)],
    ['an undefined of msgpackr', bytes(0xd4, 0, 0)],
    ['a timestamp', bytes(0xd6, 0xff, 0, 0, 0, 0)],
    ['ext 8', bytes(0xc7, 1, 0, 0)],
    ['2^53', bytes(0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0)],
    ['-2^53', bytes(0xd3, 255, 0xe0, 0, 0, 0, 0, 0, 0)],
    ['2^63', bytes(0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0)],
    ['half a float', bytes(0xcb, 0, 0)],
  ])('refuses to decode %s', (_name, message) => {
    expect(() => decodeControl(message)).toThrow(code('ERR_DWCP_MALFORMED'));
  });

  it('refuses every prefix of a message', () => {
    const message = encodeControl({ a: [1, 'zwei', bytes(3), null, -4.5], b: { c: 2 ** 40 } });
    for (let end = 0; end < message.byteLength; end += 1) {
      expect(() => decodeControl(message.subarray(0, end))).toThrow(code('ERR_DWCP_MALFORMED'));
    }
  });

  it('survives 100 000 mutants: a coded error or a plain value that encodes again', () => {
    const random = seededRandom(2026);
    const seeds = [
      { kind: 'offer', sizes: [1, 300, 70_000, 2 ** 40], name: 'größe', ok: true, none: null },
      [new Uint8Array(40), 'x'.repeat(300), { a: { b: { c: [] } } }, -1.5],
    ].map((value) => encodeControl(value));
    let decoded = 0;
    for (let round = 0; round < 100_000; round += 1) {
      const mutant = mutate(seeds[round % seeds.length] ?? bytes(), random);
      try {
        encodeControl(decodeControl(mutant));
        decoded += 1;
      } catch (error) {
        if (!isDwcpError(error)) throw error;
      }
    }
    expect(decoded).toBeGreaterThan(1000);
    expect(decoded).toBeLessThan(99_000);
  });
});
