import { once } from 'node:events';
import { connect } from 'node:net';
import type { DwcpError, ListenHandler } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { parseAddress, tcp } from '../src/index.ts';
import { Recorder } from './recorder.ts';

const nobody: ListenHandler = { onConnection: (peer) => peer.close() };

describe('listen', () => {
  it.each(['0.0.0.0:0', '[::]:0', ':0'])('refuses %s without mutual TLS', async (address) => {
    await expect(tcp().listen(address, nobody)).rejects.toMatchObject({
      code: 'ERR_DWCP_INSECURE_LISTEN',
    });
  });

  it('listens anywhere when told to be insecure', async () => {
    await using listener = await tcp({ insecure: true }).listen('0.0.0.0:0', nobody);
    expect(parseAddress(listener.address).port).toBeGreaterThan(0);
  });

  it.each(['localhost:0', '127.0.0.2:0'])('listens on %s', async (address) => {
    await using listener = await tcp().listen(address, nobody);
    const { port } = parseAddress(listener.address);
    expect(port).toBeGreaterThan(0);
  });

  it('names an address in use', async () => {
    await using listener = await tcp().listen('127.0.0.1:0', nobody);
    await expect(tcp().listen(listener.address, nobody)).rejects.toMatchObject({
      code: 'ERR_DWCP_LISTEN_FAILED',
      cause: { code: 'EADDRINUSE' },
    });
  });

  it('frees the port at close although connections stay', async () => {
    const accepted: Recorder[] = [];
    const handler: ListenHandler = {
      onConnection(peer) {
        const recorder = new Recorder();
        accepted.push(recorder);
        peer.open(recorder);
        peer.send([Buffer.from('still here')]);
      },
    };
    const first = await tcp().listen('127.0.0.1:0', handler);
    const client = await tcp().dial(first.address);
    const recorder = new Recorder();
    client.open(recorder);
    await recorder.until(() => recorder.text === 'still here');
    await first.close();
    await first.close();
    await using second = await tcp().listen(first.address, handler);
    expect(second.address).toBe(first.address);
    client.send([Buffer.from('me too')]);
    await accepted[0]?.until(() => accepted[0]?.text === 'me too');
    client.close();
  });

  it('rejects at once when the signal has fired', async () => {
    await expect(
      tcp().listen('127.0.0.1:0', nobody, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  });

  it('drops peers above maxConnections and takes new ones when others have left', async () => {
    const errors: DwcpError[] = [];
    const peers: Recorder[] = [];
    let refused = () => {};
    const refusal = new Promise<void>((resolve) => {
      refused = resolve;
    });
    await using listener = await tcp({ maxConnections: 1 }).listen('127.0.0.1:0', {
      onConnection(peer) {
        const recorder = new Recorder();
        peers.push(recorder);
        peer.open(recorder);
        peer.send([Buffer.from('in')]);
      },
      onError(error) {
        errors.push(error);
        refused();
      },
    });
    const first = new Recorder();
    const connection = await tcp().dial(listener.address);
    connection.open(first);
    await first.until(() => first.text === 'in');
    const { port } = parseAddress(listener.address);
    const second = connect(port, '127.0.0.1');
    await refusal;
    second.destroy();
    expect(errors).toMatchObject([
      { code: 'ERR_DWCP_BUSY', message: expect.stringContaining('maxConnections = 1') },
    ]);
    connection.close();
    await peers[0]?.until(() => peers[0]?.closed === true);
    const third = connect(port, '127.0.0.1');
    const [bytes] = await once(third, 'data');
    expect(String(bytes)).toBe('in');
    third.destroy();
  });

  it('closes a connection whose onConnection threw, and reports it', async () => {
    const errors: DwcpError[] = [];
    const cause = new Error('no room');
    await using listener = await tcp().listen('127.0.0.1:0', {
      onConnection() {
        throw cause;
      },
      onError: (error) => void errors.push(error),
    });
    const peer = connect(parseAddress(listener.address).port, '127.0.0.1');
    const [reset] = await once(peer, 'error');
    expect(reset).toMatchObject({ code: 'ECONNRESET' });
    expect(errors).toMatchObject([{ code: 'ERR_DWCP_HANDLER_FAILED', cause }]);
  });

  it('makes a warning of what onError throws', async () => {
    const cause = new Error('cannot even report');
    await using listener = await tcp().listen('127.0.0.1:0', {
      onConnection() {
        throw new Error('no room');
      },
      onError() {
        throw cause;
      },
    });
    const warned = once(process, 'warning');
    const peer = connect(parseAddress(listener.address).port, '127.0.0.1');
    peer.on('error', () => {});
    const [warning] = await warned;
    expect(warning).toMatchObject({ code: 'ERR_DWCP_HANDLER_FAILED', cause });
  });
});

describe('dial', () => {
  it('says that nobody listens', async () => {
    const listener = await tcp().listen('127.0.0.1:0', nobody);
    await listener.close();
    await expect(tcp().dial(listener.address)).rejects.toMatchObject({
      code: 'ERR_DWCP_CONNECT_FAILED',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it.each([':4747', '127.0.0.1:0', 'nonsense'])('cannot use %s', async (address) => {
    await expect(tcp().dial(address)).rejects.toMatchObject({ code: 'ERR_DWCP_INVALID_ARGUMENT' });
  });

  it('says that a name is unknown', async () => {
    await expect(tcp().dial('nothing.invalid:4747')).rejects.toMatchObject({
      code: 'ERR_DWCP_CONNECT_FAILED',
    });
  });

  it('is aborted before and during', async () => {
    await using listener = await tcp().listen('127.0.0.1:0', nobody);
    const signal = AbortSignal.abort();
    await expect(tcp().dial(listener.address, { signal })).rejects.toMatchObject({
      code: 'ERR_DWCP_ABORTED',
    });
    const stop = new AbortController();
    const dialing = tcp().dial(listener.address, { signal: stop.signal });
    stop.abort(new Error('changed my mind'));
    await expect(dialing).rejects.toMatchObject({
      code: 'ERR_DWCP_ABORTED',
      cause: { message: 'changed my mind' },
    });
  });
});

describe('tcp', () => {
  it.each([
    { sendHighWaterBytes: 0 },
    { maxConnections: 1.5 },
    { maxPendingHandshakes: Number.NaN },
    { handshakeTimeoutMs: 2 ** 31 },
    { keepAliveMs: -1 },
  ])('refuses %j', (options) => {
    expect(() => tcp(options)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' }),
    );
  });
});
