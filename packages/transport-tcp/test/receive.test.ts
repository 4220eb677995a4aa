import { once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketConnection } from '../src/connection.ts';
import { tcp, type TcpOptions } from '../src/index.ts';
import { Intake } from '../src/receive.ts';
import { isDisconnected, readIntoBuffer } from '../src/socket-internals.ts';
import { makeAuthority } from './certificates.ts';
import { connectPair, Recorder } from './recorder.ts';

const authority = await makeAuthority('Test Authority');
const tls = { ca: authority.ca, ...(await authority.identity('node')) };

/** Keeps the memory that chunks come in instead of the chunks. */
class MemoryRecorder extends Recorder {
  readonly memory = new Set<ArrayBufferLike>();

  override onData(chunk: Uint8Array): void {
    this.memory.add(chunk.buffer);
    super.onData(chunk);
  }
}

const variants: readonly [string, TcpOptions][] = [
  ['tcp', {}],
  ['tls', { tls }],
];

describe.each(variants)('receiving with %s', (_name, options) => {
  it('takes the fast path on this Node, at both ends, with one buffer for all', async () => {
    const memory = new Set<ArrayBufferLike>();
    for (let round = 0; round < 2; round++) {
      await using pair = await connectPair(tcp(options));
      for (const [receiver, sender] of [
        [pair.dialed, pair.accepted],
        [pair.accepted, pair.dialed],
      ] as const) {
        const recorder = new MemoryRecorder();
        receiver.open(recorder);
        expect(receiver instanceof SocketConnection && receiver.receivePath).toBe('buffer');
        for (let size = 100_000; size < 100_100; size++) sender.send([new Uint8Array(size)]);
        await recorder.until(() => recorder.receivedBytes === 10_004_950);
        for (const buffer of recorder.memory) memory.add(buffer);
      }
    }
    expect(memory.size).toBe(1);
  });

  it('takes events when told to, at both ends', async () => {
    await using pair = await connectPair(tcp({ ...options, receivePath: 'events' }));
    for (const end of [pair.dialed, pair.accepted]) {
      end.open(new Recorder());
      expect(end instanceof SocketConnection && end.receivePath).toBe('events');
    }
  });
});

describe('without the internals of Node', () => {
  const server = createServer();

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.close();
  });

  function target(): { host: string; port: number } {
    const { port } = server.address() as AddressInfo;
    return { host: '127.0.0.1', port };
  }

  it('falls back to events, with the same bytes', async () => {
    const socket = new Socket();
    const chunks: Uint8Array[] = [];
    // Before it has a handle a socket lacks what the fast path needs.
    expect(new Intake().adopt(socket, 'buffer', (chunk) => void chunks.push(chunk))).toBe('events');
    socket.connect(target());
    const [accepted]: Socket[] = await once(server, 'connection');
    accepted?.end('the same bytes');
    await once(socket, 'end');
    expect(Buffer.concat(chunks).toString()).toBe('the same bytes');
    socket.destroy();
  });

  it('leaves a socket alone that reads into a buffer already', async () => {
    const { onread } = new Intake();
    const socket = connect({ ...target(), onread });
    await once(socket, 'connect');
    expect(readIntoBuffer(socket, onread)).toBe(false);
    socket.destroy();
  });

  it('takes a socket without a handle for connected', () => {
    expect(isDisconnected(new Socket())).toBe(false);
  });
});
