import {
  DwcpError,
  isDwcpError,
  type IncomingTransfer,
  type Session,
  type TransferProgress,
} from '@dwcp/core';
import { describe, expect, test } from 'vitest';
import { checksumCodec } from '../../src/index.ts';
import { pair, settle } from './pair.ts';

const mebibyte = 1024 * 1024;

function bytes(sizeBytes: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(at + seed, 0x9e37_79b1);
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

async function gather(transfer: IncomingTransfer): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of transfer.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The next transfer that a session is offered. */
function offered(session: Session): Promise<IncomingTransfer> {
  return new Promise((resolve) => {
    const forget = session.onBulk((transfer) => {
      forget();
      resolve(transfer);
    });
  });
}

/** What a promise rejects with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('resolved'),
    (error: unknown) => error,
  );
}

async function* chunked(payload: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < payload.byteLength; at += sizeBytes) {
    yield payload.subarray(at, at + sizeBytes);
  }
}

describe('a payload', () => {
  test('arrives over several connections with equal receipts', async () => {
    const { clock, dialer, listener } = await pair({ network: { rateBps: 1e9 } });
    const payload = bytes(5_000_000);
    const transfer = offered(listener);
    const sending = dialer.sendBulk(payload, { meta: Uint8Array.of(7) });
    const incoming = await clock.until(transfer);
    const received = gather(incoming);
    const receipt = await clock.until(sending);
    expect(Buffer.compare(await received, payload)).toBe(0);
    expect(await incoming.receipt).toEqual(receipt);
    expect(receipt).toMatchObject({ transferredBytes: 5_000_000, totalBytes: 5_000_000 });
    expect(receipt.streams).toBe(4);
    expect(receipt.wireBytes).toBe(5_000_000 + 20 * 36);
    expect([...incoming.meta]).toEqual([7]);
    expect(incoming.id).toMatch(/^[0-9a-f]{32}$/);
    expect(receipt.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([0, 1, 4095, 65_536, 262_144, 262_145])('of %i bytes arrives', async (sizeBytes) => {
    const { clock, dialer, listener } = await pair();
    const received = offered(listener).then(gather);
    const payload = bytes(sizeBytes);
    const receipt = await clock.until(dialer.sendBulk(payload));
    expect(receipt.totalBytes).toBe(sizeBytes);
    expect(Buffer.compare(await received, payload)).toBe(0);
  });

  test.each([1, 1000, 65_536, 700_000])('arrives from chunks of %i bytes', async (sizeBytes) => {
    const { clock, dialer, listener } = await pair();
    const received = offered(listener).then(gather);
    const payload = bytes(Math.min(2_000_000, sizeBytes * 3000));
    const receipt = await clock.until(dialer.sendBulk(chunked(payload, sizeBytes)));
    expect(receipt.totalBytes).toBe(payload.byteLength);
    expect(Buffer.compare(await received, payload)).toBe(0);
  });

  test('survives loss and reordering between the connections', async () => {
    const network = { rateBps: 1e9, delayMs: 20, lossRatio: 0.05 };
    const { clock, dialer, listener } = await pair({ network, both: { streams: 8 } });
    const received = offered(listener).then(gather);
    const payload = bytes(4 * mebibyte);
    const receipt = await clock.until(dialer.sendBulk(payload));
    expect(receipt.streams).toBe(8);
    expect(Buffer.compare(await received, payload)).toBe(0);
  });

  test('goes both ways, several at once', async () => {
    const { clock, dialer, listener } = await pair({ network: { rateBps: 1e9 } });
    const sums: number[] = [];
    for (const session of [dialer, listener]) {
      session.onBulk((transfer) => {
        void gather(transfer).then((whole) => sums.push(whole.byteLength));
      });
    }
    const sizes = [100_000, 1_500_000, 10, 0, 800_000];
    const sends = [dialer, listener].flatMap((session) =>
      sizes.map((size) => session.sendBulk(bytes(size))),
    );
    await clock.until(Promise.all(sends));
    await settle({ clock }, 10);
    expect(sums.toSorted((a, b) => a - b)).toEqual([...sizes, ...sizes].toSorted((a, b) => a - b));
  });

  test('waits for a place when the peer takes fewer transfers at once', async () => {
    const limits = { maxTransfers: 2 };
    const { clock, dialer, listener } = await pair({ listener: { limits } });
    let open = 0;
    let most = 0;
    listener.onBulk((transfer) => {
      most = Math.max(most, (open += 1));
      void gather(transfer).finally(() => (open -= 1));
    });
    const sends = Array.from({ length: 9 }, () => dialer.sendBulk(bytes(10_000)));
    expect(await clock.until(Promise.all(sends))).toHaveLength(9);
    expect(most).toBe(2);
  });

  test('reports progress on both sides', async () => {
    const { clock, dialer, listener } = await pair();
    const seen: TransferProgress[] = [];
    const transfer = offered(listener);
    const sending = dialer.sendBulk(bytes(mebibyte), { onProgress: (now) => seen.push(now) });
    const incoming = await clock.until(transfer);
    await clock.until(Promise.all([gather(incoming), sending]));
    expect(seen.map((now) => now.transferredBytes)).toEqual([1, 2, 3, 4].map((n) => n * 262_144));
    expect(incoming.progress()).toEqual(seen.at(-1));
  });

  test('may use a codec of its own', async () => {
    const codec = checksumCodec({ maxRawBytes: 10_000 });
    const { clock, dialer, listener } = await pair();
    const received = offered(listener).then(gather);
    const receipt = await clock.until(dialer.sendBulk(bytes(95_000), { codec }));
    expect(receipt.wireBytes).toBe(95_000 + 10 * 36);
    expect(await received).toHaveLength(95_000);
  });
});

describe('back-pressure', () => {
  test('a receiver that does not consume bounds what is sent and held', async () => {
    const limits = { windowBytes: 2 * mebibyte };
    const { clock, dialer, listener } = await pair({ listener: { limits } });
    let pulled = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (; pulled < 1000; pulled += 1) yield new Uint8Array(mebibyte / 4);
    }
    const transfer = offered(listener);
    const controller = new AbortController();
    const sending = failureOf(dialer.sendBulk(source(), { signal: controller.signal }));
    const chunks = (await clock.until(transfer)).chunks()[Symbol.asyncIterator]();
    await clock.until(chunks.next());
    await settle({ clock }, 1000);
    // One block is with the consumer, the window holds the rest, one more waits for credit.
    expect(pulled).toBeLessThanOrEqual(9);
    expect(listener.stats().receivedBytes).toBeLessThan(2.1 * mebibyte);
    controller.abort();
    expect(await clock.until(sending)).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    const seen = await clock.until(failureOf(drain(chunks)));
    expect(seen).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  });

  test('a transfer nobody reads does not stop the others', async () => {
    const limits = { windowBytes: mebibyte, maxTransfers: 4 };
    const { clock, dialer, listener } = await pair({ both: { limits } });
    const transfers: IncomingTransfer[] = [];
    listener.onBulk((transfer) => transfers.push(transfer));
    const stuck = dialer.sendBulk(bytes(8 * mebibyte));
    await settle({ clock }, 10);
    transfers[0]?.chunks();
    await settle({ clock }, 10);
    const second = dialer.sendBulk(bytes(3 * mebibyte));
    await settle({ clock }, 10);
    const received = transfers[1] && gather(transfers[1]);
    await clock.until(second);
    expect(await received).toHaveLength(3 * mebibyte);
    transfers[0]?.refuse('enough');
    expect(await clock.until(failureOf(stuck))).toMatchObject({ code: 'ERR_DWCP_REFUSED' });
  });
});

async function drain(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await chunks.next()).done !== true);
}

async function takeOne(transfer: IncomingTransfer): Promise<void> {
  for await (const chunk of transfer.chunks()) if (chunk.byteLength > 0) return;
}

describe('the end before the end', () => {
  test('without a handler an offer is refused', async () => {
    const { clock, dialer } = await pair();
    const error = await clock.until(failureOf(dialer.sendBulk(bytes(10))));
    expect(error).toMatchObject({ code: 'ERR_DWCP_REFUSED' });
  });

  test('a refusal carries its reason and the source is never read', async () => {
    const { clock, dialer, listener } = await pair();
    let read = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      read = true;
      yield bytes(10);
    }
    listener.onBulk((transfer) => transfer.refuse('disk full'));
    const error = await clock.until(failureOf(dialer.sendBulk(source())));
    expect(error).toMatchObject({ code: 'ERR_DWCP_REFUSED' });
    expect(String(error)).toContain('disk full');
    expect(read).toBe(false);
  });

  test('leaving the loop stops the sender and its source', async () => {
    const { clock, dialer, listener } = await pair();
    let stopped = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(100_000);
      } finally {
        stopped = true;
      }
    }
    const transfer = offered(listener);
    const sending = failureOf(dialer.sendBulk(source()));
    const incoming = await clock.until(transfer);
    await clock.until(takeOne(incoming));
    expect(await clock.until(sending)).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    expect(await failureOf(incoming.receipt)).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    expect(stopped).toBe(true);
  });

  test('a source that throws rejects with its own error; the receiver sees a code', async () => {
    const { clock, dialer, listener } = await pair();
    const broken = new Error('disk on fire');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes(100_000);
      throw broken;
    }
    const received = offered(listener).then((transfer) => failureOf(gather(transfer)));
    expect(await clock.until(failureOf(dialer.sendBulk(source())))).toBe(broken);
    expect(await clock.until(received)).toMatchObject({ code: 'ERR_DWCP_HANDLER_FAILED' });
  });

  test.each([
    [9, 10],
    [11, 10],
  ])('a source of %i bytes that said %i fails', async (realBytes, totalBytes) => {
    const { clock, dialer, listener } = await pair();
    const received = offered(listener).then((transfer) => failureOf(gather(transfer)));
    const sending = failureOf(dialer.sendBulk(chunked(bytes(realBytes), 5), { totalBytes }));
    expect(await clock.until(sending)).toMatchObject({ code: 'ERR_DWCP_INVALID_ARGUMENT' });
    expect(await clock.until(received)).toMatchObject({ code: 'ERR_DWCP_INVALID_ARGUMENT' });
  });

  test('the receiver aborts by its signal', async () => {
    const { clock, dialer, listener } = await pair();
    const transfer = offered(listener);
    const sending = failureOf(dialer.sendBulk(bytes(mebibyte)));
    const controller = new AbortController();
    const chunks = (await clock.until(transfer)).chunks({ signal: controller.signal });
    const iterator = chunks[Symbol.asyncIterator]();
    await clock.until(iterator.next());
    controller.abort();
    expect(await failureOf(drain(iterator))).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
    expect(await clock.until(sending)).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  });

  test('a lost connection ends everything on both sides', async () => {
    const { clock, network, dialer, listener } = await pair({ network: { rateBps: 1e8 } });
    const received = offered(listener).then((transfer) => failureOf(gather(transfer)));
    const sending = failureOf(dialer.sendBulk(bytes(20 * mebibyte)));
    const requesting = failureOf(dialer.request('nobody', bytes(1)));
    await settle({ clock }, 50);
    network.links()[2]?.reset();
    for (const failure of [sending, received, dialer.closed, listener.closed]) {
      const error = await clock.until(failure);
      expect(error).toMatchObject({ code: 'ERR_DWCP_CONNECTION_LOST', retryable: true });
    }
    expect(isDwcpError(await requesting)).toBe(true);
    await clock.until(Promise.all([dialer.close(), listener.close()]));
    expect(network.links()).toEqual([]);
  });

  test('damaged bytes fail the transfer, not the session', async () => {
    const honest = checksumCodec();
    const codec = {
      ...honest,
      async encode(block: Uint8Array) {
        const encoded = await honest.encode(block);
        return { ...encoded, chunks: [encoded.chunks[0] ?? block, block.map((byte) => byte ^ 1)] };
      },
    };
    const { clock, dialer, listener } = await pair();
    const received = offered(listener).then((transfer) => failureOf(gather(transfer)));
    const sending = failureOf(dialer.sendBulk(bytes(1000), { codec }));
    expect(await clock.until(sending)).toMatchObject({ code: 'ERR_DWCP_CHECKSUM_MISMATCH' });
    expect(await clock.until(received)).toMatchObject({ code: 'ERR_DWCP_CHECKSUM_MISMATCH' });
    const again = offered(listener).then(gather);
    await clock.until(dialer.sendBulk(bytes(1000)));
    expect(await again).toHaveLength(1000);
  });

  test('meta above the limit of the peer is refused here', async () => {
    const { clock, dialer } = await pair({ listener: { limits: { maxMetaBytes: 10 } } });
    const error = await clock.until(failureOf(dialer.sendBulk(bytes(1), { meta: bytes(11) })));
    expect(error).toMatchObject({ code: 'ERR_DWCP_LIMIT_EXCEEDED' });
  });

  test('a handler that rejects later stops the transfer', async () => {
    const { clock, dialer, listener } = await pair();
    listener.onBulk(async (transfer) => {
      for await (const chunk of transfer.chunks()) throw new Error(`disk full at ${chunk.length}`);
    });
    const error = await clock.until(failureOf(dialer.sendBulk(bytes(mebibyte))));
    expect(error).toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  });

  test('chunks are asked for one after the other, once', async () => {
    const { clock, dialer, listener } = await pair();
    const transfer = offered(listener);
    const sending = dialer.sendBulk(bytes(10));
    const incoming = await clock.until(transfer);
    const chunks = incoming.chunks()[Symbol.asyncIterator]();
    expect(() => incoming.chunks()).toThrow(/once/);
    const first = chunks.next();
    expect(await failureOf(chunks.next())).toMatchObject({ code: 'ERR_DWCP_INVALID_STATE' });
    expect((await clock.until(first)).value).toHaveLength(10);
    await clock.until(Promise.all([drain(chunks), sending]));
  });

  test('a handler that throws refuses the transfer', async () => {
    const { clock, dialer, listener } = await pair();
    listener.onBulk(() => {
      throw new DwcpError('ERR_DWCP_UNSAFE_PATH', 'no');
    });
    const error = await clock.until(failureOf(dialer.sendBulk(bytes(1))));
    expect(error).toMatchObject({ code: 'ERR_DWCP_UNSAFE_PATH' });
  });
});

describe('borrowed chunks', () => {
  async function checksums(borrow: boolean): Promise<{ sums: number[]; buffers: number }> {
    const { clock, dialer, listener } = await pair();
    const sums: number[] = [];
    const buffers = new Set<ArrayBufferLike>();
    const transfer = offered(listener);
    const sending = dialer.sendBulk(bytes(8 * mebibyte, 5));
    const incoming = await clock.until(transfer);
    const consume = async (): Promise<void> => {
      for await (const chunk of incoming.chunks({ borrow })) {
        buffers.add(chunk.buffer);
        sums.push(chunk.reduce((sum, byte) => (sum * 31 + byte) % 1e9, 7));
      }
    };
    await clock.until(Promise.all([consume(), sending]));
    return { sums, buffers: buffers.size };
  }

  test('hold the right bytes and use memory again; owned ones do not', async () => {
    const owned = await checksums(false);
    const borrowed = await checksums(true);
    expect(borrowed.sums).toEqual(owned.sums);
    expect(owned.buffers).toBe(32);
    expect(borrowed.buffers).toBeLessThan(32);
  });
});
