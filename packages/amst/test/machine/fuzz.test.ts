/** Every decoder against seeded noise: it decodes or throws a coded error, and reserves no more than its limits. */
import { DwcpError, isDwcpError, seededRandom, type Random } from '@dwcp/core';
import { expect, test } from 'vitest';
import { decodeFailure, encodeFailure } from '../../src/machine/failure.ts';
import { FrameRules } from '../../src/machine/frame-rules.ts';
import { frame, frameType } from '../../src/machine/frame.ts';
import { encodeGreeting, GreetingReader } from '../../src/machine/greeting.ts';
import { readMessage } from '../../src/machine/messages.ts';
import { FrameParser } from '../../src/machine/parser.ts';
import {
  decodeCredit,
  decodeOffer,
  decodeSummary,
  encodeOffer,
  encodeSummary,
} from '../../src/machine/transfer-frames.ts';

const limits = {
  maxMessageBytes: 300,
  maxMetaBytes: 100,
  maxBlockBytes: 4096,
  maxTransfers: 4,
  keepAliveTimeoutMs: 30_000,
};
const rules = new FrameRules(limits);
const types = Object.values(frameType);

/** Valid frames with a few bytes changed, removed or added. */
function noise(random: Random): Uint8Array {
  const frames = Array.from({ length: 1 + random.integer(4) }, () => {
    const type = types[random.integer(types.length)] ?? 0;
    return frame(
      type,
      random.integer(5),
      random.bytes(new Uint8Array(random.integer(2) * random.integer(60))),
    );
  });
  const bytes = Buffer.concat(frames);
  for (let change = random.integer(3); change > 0; change -= 1) {
    bytes[random.integer(bytes.byteLength)] = random.integer(256);
  }
  return random.integer(3) > 0 ? bytes : bytes.subarray(random.integer(3));
}

/** Runs `decode`; returns 1 when it threw, and only a coded error is allowed. */
function refused(decode: () => unknown): number {
  try {
    decode();
    return 0;
  } catch (error) {
    if (!isDwcpError(error)) throw error;
    return 1;
  }
}

test('the frame parser, 20000 streams', () => {
  const random = seededRandom(2024);
  let failures = 0;
  for (let run = 0; run < 20_000; run += 1) {
    const parser = new FrameParser({
      onHeader(header) {
        if (header.type === frameType.block) return undefined;
        rules.check(random.integer(8) === 0 ? 1 : 0, header);
        expect(header.sizeBytes).toBeLessThanOrEqual(1200);
        return new Uint8Array(header.sizeBytes);
      },
      onFrame: () => undefined,
    });
    const bytes = noise(random);
    const cut = random.integer(bytes.byteLength + 1);
    failures += refused(() => {
      parser.push(bytes.subarray(0, cut));
      parser.push(bytes.subarray(cut));
    });
  }
  // Both outcomes must be common, or the noise does not reach what it is for.
  expect(failures).toBeGreaterThan(5000);
  expect(failures).toBeLessThan(19_000);
});

test('the bodies, 20000 each', () => {
  const random = seededRandom(99);
  const offer = encodeOffer({
    transferId: new Uint8Array(16),
    totalBytes: 5,
    meta: new Uint8Array(20),
  });
  const summary = encodeSummary({ totalBytes: 1, blocks: 1, digest: new Uint8Array(32) });
  const failure = encodeFailure(new DwcpError('ERR_DWCP_BUSY', 'busy'));
  const bases = [offer, summary, failure, new Uint8Array(8)];
  let failures = 0;
  for (let run = 0; run < 20_000; run += 1) {
    const base = bases[run % bases.length] ?? offer;
    const body = Buffer.from(base).subarray(0, base.byteLength - random.integer(3) + 1);
    for (let change = random.integer(3); change > 0; change -= 1) {
      body[random.integer(body.byteLength || 1)] = random.integer(256);
    }
    for (const decode of [
      () => decodeOffer(body, limits.maxMetaBytes),
      () => decodeSummary(body),
      () => decodeCredit(body),
      () => decodeFailure(body, 'peer'),
      () => readMessage(body, limits.maxMessageBytes),
    ]) {
      failures += refused(decode);
    }
  }
  expect(failures).toBeGreaterThan(20_000);
  expect(failures).toBeLessThan(100_000);
});

test('the handshake reader, 20000 streams', () => {
  const random = seededRandom(5);
  let failures = 0;
  for (let run = 0; run < 20_000; run += 1) {
    const body = random.bytes(new Uint8Array(random.integer(80)));
    const bytes = encodeGreeting(1 + random.integer(4), body);
    if (random.integer(2) === 0) bytes[random.integer(bytes.byteLength)] = random.integer(256);
    const reader = new GreetingReader();
    const cut = random.integer(bytes.byteLength);
    failures += refused(
      () => reader.push(bytes.subarray(0, cut)) ?? reader.push(bytes.subarray(cut)),
    );
  }
  expect(failures).toBeGreaterThan(500);
  expect(failures).toBeLessThan(15_000);
});
