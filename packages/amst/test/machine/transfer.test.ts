/** Both machines of a transfer against each other, over streams that deliver in any order. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { seededRandom, type Random } from '@dwcp/core';
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

/** A run with random sizes, stream choice, decode order and consumer pace. */
class Run {
  readonly random: Random;
  readonly sizes: number[];
  readonly taken: number[] = [];
  readonly pool: WindowPool;
  readonly sent = new Records();
  readonly received = new Records();
  readonly sender = new SendMachine(this.sent, undefined, 5);
  readonly receiver: ReceiveMachine;
  readonly streams: Flying[][] = [[], [], []];
  readonly encoding: Flying[] = [];
  readonly decoding: Flying[] = [];
  withConsumer = 0;

  constructor(seed: number, windowBytes: number) {
    this.random = seededRandom(seed);
    this.sizes = Array.from({ length: this.random.integer(60) }, () => {
      return 1 + this.random.integer(maxBlockBytes);
    });
    this.pool = new WindowPool(windowBytes, blockCharge(maxBlockBytes));
    this.receiver = new ReceiveMachine(this.pool, this.received, undefined);
  }

  /** Does one of the things that may happen next. */
  step(): void {
    const steps = [
      this.grant,
      this.read,
      this.encode,
      this.deliver,
      this.decode,
      this.consume,
      this.end,
    ];
    steps[this.random.integer(steps.length)]?.call(this);
  }

  grant(): void {
    const limitBytes = this.receiver.creditDue();
    if (limitBytes !== undefined) this.sender.credit(limitBytes);
  }

  read(): void {
    const rawBytes = this.sizes[this.sender.totals.blocks];
    if (rawBytes === undefined || !this.sender.hasRoom(rawBytes)) return;
    this.encoding.push({ sequence: this.sender.reserve(rawBytes), rawBytes });
  }

  encode(): void {
    const block = this.pick(this.encoding);
    if (block === undefined) return;
    this.sender.encoded(block.sequence, block.rawBytes, BigInt(block.sequence));
    const stream = this.random.integer(this.streams.length);
    this.streams[stream]?.push(block);
    this.sender.sent(stream, block.rawBytes, block.rawBytes + 20);
  }

  deliver(): void {
    const stream = this.random.integer(this.streams.length);
    const block = this.streams[stream]?.shift();
    if (block === undefined) return;
    this.receiver.admit(block.sequence, block.rawBytes, block.rawBytes);
    this.receiver.arrived(stream, block.rawBytes + 20);
    this.decoding.push(block);
  }

  decode(): void {
    const block = this.pick(this.decoding);
    if (block === undefined) return;
    const bytes = new Uint8Array(block.rawBytes);
    this.receiver.place(block.sequence, { bytes, checksum: BigInt(block.sequence) });
  }

  consume(): void {
    if (this.withConsumer > 0) this.receiver.release(this.withConsumer);
    this.withConsumer = this.receiver.take()?.bytes.byteLength ?? 0;
    if (this.withConsumer > 0) this.taken.push(this.withConsumer);
  }

  end(): void {
    const all = this.sender.totals.blocks === this.sizes.length && this.sender.drained;
    if (this.sender.phase !== 'open' || !all) return;
    this.sender.end();
    this.receiver.end({ ...this.sender.totals, digest: this.sent.digest });
  }

  pick(list: Flying[]): Flying | undefined {
    return list.splice(this.random.integer(list.length || 1), 1)[0];
  }
}

test('any interleaving of streams, encoders and decoders gives the payload in order, inside the window', () => {
  fc.assert(
    fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 60_000 }), (seed, windowBytes) => {
      const run = new Run(seed, windowBytes);
      const { sender, receiver, pool } = run;
      for (let turn = 0; !receiver.complete; turn += 1) {
        expect(turn).toBeLessThan(100_000);
        run.step();
        expect(receiver.heldBytes).toBeLessThanOrEqual(
          Math.max(windowBytes, blockCharge(maxBlockBytes)),
        );
      }
      expect(run.taken).toEqual(run.sizes);
      expect(receiver.mismatch(run.received.digest)).toBeUndefined();
      sender.done();
      receiver.close();
      expect([sender.sentBytes, sender.wireBytes]).toEqual([
        receiver.takenBytes,
        receiver.wireBytes,
      ]);
      expect(sender.streams).toBe(receiver.streams);
      expect(pool.heldBytes).toBe(0);
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
