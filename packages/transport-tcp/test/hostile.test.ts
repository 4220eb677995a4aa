import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { seededRandom, type Connection, type Listener } from '@dwcp/core';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress, tcp, type TcpOptions } from '../src/index.ts';
import { makeAuthority } from './certificates.ts';
import { Reception, Recorder } from './recorder.ts';

const authority = await makeAuthority('Test Authority');
const tls = { ca: authority.ca, ...(await authority.identity('node')) };
const random = seededRandom(4747);

const listeners: Listener[] = [];
const strangers: Socket[] = [];

afterEach(async () => {
  for (const socket of strangers.splice(0)) socket.destroy();
  for (const listener of listeners.splice(0)) await listener.close();
});

async function listen(options: TcpOptions) {
  const reception = new Reception();
  const listener = await tcp(options).listen('127.0.0.1:0', reception);
  listeners.push(listener);
  return { reception, address: listener.address };
}

/** A peer that speaks as it likes. */
function stranger(address: string): Socket {
  const { host, port } = parseAddress(address);
  const socket = connect({ host, port });
  socket.on('error', () => {});
  socket.resume();
  strangers.push(socket);
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  await new Promise((resolve) => {
    socket.once('close', resolve);
  });
}

/** Every peer was accepted or failed, and is gone. */
async function allGone(reception: Reception, peers: number): Promise<void> {
  const { connections, errors, recorders } = reception;
  await reception.until(() => connections.length + errors.length === peers);
  await Promise.all(recorders.map((recorder) => recorder.until(() => recorder.closed)));
}

/** A good peer gets through: bytes there and back. */
async function expectService(reception: Reception, dialed: Connection): Promise<void> {
  const recorder = new Recorder();
  dialed.open(recorder);
  await reception.until(() => reception.connections.length > 0);
  const [accepted] = reception.connections.slice(-1);
  accepted?.send([Buffer.from('at your service')]);
  await recorder.until(() => recorder.text === 'at your service');
  expect(recorder.error).toBeUndefined();
}

describe('a TLS listener', () => {
  it('takes garbage for a failed handshake and goes on', async () => {
    const { reception, address } = await listen({ tls });
    const count = 50;
    for (let peer = 0; peer < count; peer++) {
      stranger(address).end(random.bytes(new Uint8Array(1 + random.integer(4000))));
    }
    await reception.until(() => reception.errors.length === count);
    expect(new Set(reception.codes)).toEqual(new Set(['ERR_DWCP_AUTHENTICATION_FAILED']));
    await expectService(reception, await tcp({ tls }).dial(address));
    expect(reception.connections).toHaveLength(1);
    reception.closeAll();
  });

  it('lets go of peers that connect and say nothing', async () => {
    const { reception, address } = await listen({ tls, handshakeTimeoutMs: 40 });
    const silent = stranger(address);
    const halfway = stranger(address);
    // The head of a TLS record of 512 bytes that never come (RFC 8446, section 5.1).
    halfway.write(new Uint8Array([22, 3, 1, 2, 0, 1]));
    await Promise.all([closed(silent), closed(halfway)]);
    await reception.until(() => reception.errors.length === 2);
    expect(reception.codes).toEqual(['ERR_DWCP_TIMEOUT', 'ERR_DWCP_TIMEOUT']);
  });

  it('bounds the handshakes under way', async () => {
    const { reception, address } = await listen({ tls, maxPendingHandshakes: 2 });
    const pending = [stranger(address), stranger(address)];
    await Promise.all(pending.map((socket) => once(socket, 'connect')));
    await closed(stranger(address));
    expect(reception.errors).toMatchObject([
      { code: 'ERR_DWCP_BUSY', message: expect.stringContaining('maxPendingHandshakes = 2') },
    ]);
    pending[0]?.resetAndDestroy();
    await reception.until(() => reception.errors.length === 2);
    await expectService(reception, await tcp({ tls }).dial(address));
    reception.closeAll();
  });

  it('resets handshakes under way when it closes', async () => {
    const { reception, address } = await listen({ tls });
    const pending = stranger(address);
    // Both were accepted once the second one is through.
    await expectService(reception, await tcp({ tls }).dial(address));
    await listeners[0]?.close();
    await closed(pending);
    expect(reception.codes).toEqual(['ERR_DWCP_AUTHENTICATION_FAILED']);
    reception.closeAll();
  });

  it('notices a record that was tampered with', async () => {
    const { reception, address } = await listen({ tls });
    const raw = stranger(address);
    const secured = connectTls({ ...tls, socket: raw, host: '127.0.0.1' });
    secured.on('error', () => {});
    await once(secured, 'secureConnect');
    await reception.until(() => reception.recorders.length === 1);
    const [recorder] = reception.recorders;
    // A record of type application data whose 32 bytes authenticate nothing.
    raw.write(new Uint8Array([23, 3, 3, 0, 32, ...new Uint8Array(32)]));
    await recorder?.until(() => recorder.closed);
    expect(recorder?.error).toMatchObject({ code: 'ERR_DWCP_AUTHENTICATION_FAILED' });
    expect(recorder?.receivedBytes).toBe(0);
  });
});

const variants: readonly [string, TcpOptions][] = [
  ['tcp', {}],
  ['tls', { tls }],
];

describe.each(variants)('%s', (_name, options) => {
  it('survives resets at any moment', async () => {
    const { reception, address } = await listen(options);
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const connection = await tcp(options).dial(address);
      const recorder = new Recorder();
      connection.open(recorder);
      for (let left = random.integer(4); left > 0; left--) {
        connection.send([random.bytes(new Uint8Array(random.integer(200_000)))]);
        if (random.integer(2) === 0) await setImmediate();
      }
      connection.close();
      await recorder.until(() => recorder.closed);
      expect(recorder.error).toBeUndefined();
    }
    await allGone(reception, rounds);
    expect(reception.recorders.filter(({ error }) => error === undefined)).toEqual([]);
  });

  it('leaves nothing behind after many short connections', async () => {
    const { reception, address } = await listen(options);
    const before = openSockets();
    const rounds = options.tls === undefined ? 1000 : 200;
    const batch = 50;
    for (let done = 0; done < rounds; done += batch) {
      await Promise.all(Array.from({ length: batch }, () => dialAndClose(options, address)));
    }
    await allGone(reception, rounds);
    await setImmediate();
    expect(openSockets()).toBe(before);
  });

  it('holds a bounded amount for a peer that stops reading', async () => {
    const sendHighWaterBytes = 128 * 1024;
    const { reception, address } = await listen({ ...options, sendHighWaterBytes });
    const dialed = await tcp(options).dial(address);
    const reader = new Recorder();
    dialed.open(reader);
    dialed.pause();
    await reception.until(() => reception.connections.length === 1);
    const [sender] = reception.connections;
    const chunkBytes = 64 * 1024;
    let accepted = 0;
    while (sender?.send([new Uint8Array(chunkBytes)])) {
      accepted += chunkBytes;
      await setImmediate();
    }
    expect(accepted).toBeLessThan(32 * 1024 * 1024);
    expect(sender?.stats().queuedBytes).toBeLessThan(sendHighWaterBytes + chunkBytes);
    expect(reader.receivedBytes).toBe(0);
    dialed.close();
    await reception.recorders[0]?.until(() => reception.recorders[0]?.closed === true);
  });
});

async function dialAndClose(options: TcpOptions, address: string): Promise<void> {
  const connection = await tcp(options).dial(address);
  const recorder = new Recorder();
  connection.open(recorder);
  connection.close();
  await recorder.until(() => recorder.closed);
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}
