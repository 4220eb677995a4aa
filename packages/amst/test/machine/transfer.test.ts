/** Both machines of a transfer against each other, over streams that deliver in any order. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { seededRandom } from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import type { DigestSink } from '../../src/machine/digest.ts';
import { ReceiveMachine } from '../../src/machine/receive.ts';
import { SendMachine } from '../../src/machine/send.ts';
import { blockCharge, WindowPool } from '../../src/machine/window.ts';

const maxBlockBytes = 4096;

/** A digest that shows its input. */
class Records implements DigestSink {
  readonly lines: string[] = [];

  add(offset: number, rawBytes: number, checksum: bigint): void {
    this.lines.push(`${offset} ${rawBytes} ${checksum}`);
  }

  get digest(): Uint8Array {
    return createHash('sha256').update(this.lines.join('\n')).digest();
  }
}

interface Flying {
  readonly sequence: number;
  readonly rawBytes: number;
}

/** A run with random sizes, stream choice, decode order and consumer pace; returns what was held. */
function run(
  seed: number,
  windowBytes: number,
): { sizes: number[]; taken: number[]; held: number } {
  const random = seededRandom(seed);
  const sizes = Array.from({ length: random.integer(60) }, () => 1 + random.integer(maxBlockBytes));
  const [sent, received] = [new Records(), new Records()];
  const sender = new SendMachine(sent, undefined, 5);
  const pool = new WindowPool(windowBytes, blockCharge(maxBlockBytes));
  const receiver = new ReceiveMachine(pool, received, undefined);
  const streams: Flying[][] = [[], [], []];
  const encoding: Flying[] = [];
  const decoding: Flying[] = [];
  const taken: number[] = [];
  let held = 0;
  let withConsumer = 0;
  const pickFrom = (list: Flying[]): Flying | undefined =>
    list.splice(random.integer(list.length || 1), 1)[0];
  const steps: (() => void)[] = [
    () => {
      const limit = receiver.creditDue();
      if (limit !== undefined) sender.credit(limit);
    },
    () => {
      const rawBytes = sizes[sender.totals.blocks];
      if (rawBytes !== undefined && sender.hasRoom(rawBytes)) {
        encoding.push({ sequence: sender.reserve(rawBytes), rawBytes });
      }
    },
    () => {
      const block = pickFrom(encoding);
      if (block === undefined) return;
      sender.encoded(block.sequence, block.rawBytes, BigInt(block.sequence));
      const stream = random.integer(streams.length);
      streams[stream]?.push(block);
      sender.sent(stream, block.rawBytes, block.rawBytes + 20);
    },
    () => {
      const stream = random.integer(streams.length);
      const block = streams[stream]?.shift();
      if (block === undefined) return;
      receiver.admit(block.sequence, block.rawBytes, block.rawBytes);
      receiver.arrived(stream, block.rawBytes + 20);
      decoding.push(block);
    },
    () => {
      const block = pickFrom(decoding);
      if (block === undefined) return;
      const bytes = new Uint8Array(block.rawBytes);
      receiver.place(block.sequence, { bytes, checksum: BigInt(block.sequence) });
    },
    () => {
      if (withConsumer > 0) receiver.release(withConsumer);
      withConsumer = receiver.take()?.bytes.byteLength ?? 0;
      if (withConsumer > 0) taken.push(withConsumer);
    },
    () => {
      const all = sender.totals.blocks === sizes.length && sender.drained;
      if (sender.phase !== 'open' || !all) return;
      sender.end();
      receiver.end({ ...sender.totals, digest: sent.digest });
    },
  ];
  for (let turn = 0; !receiver.complete; turn += 1) {
    expect(turn).toBeLessThan(100_000);
    steps[random.integer(steps.length)]?.();
    held = Math.max(held, receiver.heldBytes);
  }
  expect(receiver.mismatch(received.digest)).toBeUndefined();
  sender.done();
  receiver.close();
  if (withConsumer > 0) pool.release(0);
  expect([sender.sentBytes, sender.wireBytes]).toEqual([receiver.takenBytes, receiver.wireBytes]);
  expect(sender.streams).toBe(receiver.streams);
  expect(pool.heldBytes).toBe(0);
  return { sizes, taken, held };
}

test('any interleaving of streams, encoders and decoders gives the payload in order, inside the window', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 60_000 }), (seed, windowBytes) => {
      const { sizes, taken, held } = run(seed, windowBytes);
      expect(taken).toEqual(sizes);
      expect(held).toBeLessThanOrEqual(Math.max(windowBytes, blockCharge(maxBlockBytes)));
    }),
    { numRuns: 300 },
  );
});

describe('a peer that breaks the rules is malformed', () => {
  function receiver(grantedBytes = 5 * 2024): ReceiveMachine {
    const pool = new WindowPool(grantedBytes, 2024);
    const machine = new ReceiveMachine(pool, new Records(), undefined);
    expect(machine.creditDue()).toBe(grantedBytes);
    return machine;
  }

  const malformed = expect.objectContaining({ code: 'ERR_DWCP_MALFORMED' });
  const digest = new Uint8Array(32);

  test('beyond its credit', () => {
    const machine = receiver();
    for (let block = 0; block < 5; block += 1) machine.admit(block, 1000, 1000);
    expect(() => machine.admit(5, 1, 1)).toThrow(/beyond the granted credit/);
  });

  test('without any credit', () => {
    const machine = new ReceiveMachine(new WindowPool(1, 1), new Records(), undefined);
    expect(() => machine.admit(0, 1, 1)).toThrow(malformed);
  });

  test('with a payload larger than a block may grow', () => {
    expect(() => receiver().admit(0, 100, 1125)).toThrow(/1125 bytes for 100/);
    receiver().admit(0, 100, 1124);
  });

  test('with a block twice', () => {
    const machine = receiver();
    machine.admit(0, 10, 10);
    expect(() => machine.admit(0, 10, 10)).toThrow(/twice/);
    machine.place(0, { bytes: new Uint8Array(10), checksum: 0n });
    expect(machine.take()?.bytes).toHaveLength(10);
    expect(() => machine.admit(0, 10, 10)).toThrow(/twice/);
  });

  test('with a sequence that its credit cannot reach', () => {
    expect(() => receiver().admit(0xffff_ffff, 10, 10)).toThrow(/cannot exist/);
  });

  test('with an end that does not fit', () => {
    const machine = receiver();
    machine.admit(1, 10, 10);
    expect(() => machine.end({ totalBytes: 10, blocks: 1, digest })).toThrow(malformed);
    machine.end({ totalBytes: 20, blocks: 2, digest });
    expect(() => machine.end({ totalBytes: 20, blocks: 2, digest })).toThrow(/ended twice/);
    expect(() => machine.admit(2, 10, 10)).toThrow(/cannot exist/);
    machine.admit(0, 10, 10);
  });

  test('with another size than it offered', () => {
    const machine = new ReceiveMachine(new WindowPool(9000, 2024), new Records(), 20);
    expect(() => machine.end({ totalBytes: 21, blocks: 2, digest })).toThrow(malformed);
  });

  test('with credit that falls, or an end before the end', () => {
    const machine = new SendMachine(new Records(), undefined, 1);
    machine.credit(5000);
    expect(() => machine.credit(4999)).toThrow(malformed);
    expect(() => machine.done()).toThrow(malformed);
  });
});

test('a digest or a size that differs is a mismatch', () => {
  const machine = new ReceiveMachine(new WindowPool(9000, 2024), new Records(), undefined);
  machine.creditDue();
  machine.end({ totalBytes: 0, blocks: 0, digest: new Uint8Array(32) });
  expect(machine.complete).toBe(true);
  expect(machine.mismatch(new Uint8Array(32))).toBeUndefined();
  expect(machine.mismatch(new Uint8Array(32).fill(1))).toMatchObject({
    code: 'ERR_DWCP_CHECKSUM_MISMATCH',
  });
});

test('the window is shared evenly, and every transfer keeps a reserve', () => {
  const pool = new WindowPool(12_000, 2000);
  const transfers = Array.from({ length: 8 }, () => {
    const machine = new ReceiveMachine(pool, new Records(), undefined);
    machine.creditDue();
    return machine;
  });
  expect(transfers.map((transfer) => transfer.heldBytes)).toEqual([
    12_000, 2000, 2000, 2000, 2000, 2000, 2000, 2000,
  ]);
  expect(pool.heldBytes).toBe(12_000 + 7 * 2000);
  for (const transfer of transfers) transfer.close();
  expect(pool.heldBytes).toBe(0);
  expect(pool.available(0)).toBe(12_000);
});
