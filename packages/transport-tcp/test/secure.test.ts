import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Listener } from '@dwcp/core';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress, tcp, type TcpOptions } from '../src/index.ts';
import { firstDnsName } from '../src/secure.ts';
import { makeAuthority } from './certificates.ts';
import { connectPair, Reception, Recorder } from './recorder.ts';

const authority = await makeAuthority('Test Authority');
const stranger = await makeAuthority('Somebody Else');
const { ca } = authority;
const server = { ca, ...(await authority.identity('server.example')) };
const client = { ca, ...(await authority.identity('client 7', [])) };

const open: (Listener | Server)[] = [];

afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close();
});

async function listen(tls: TcpOptions['tls'] = server, options: TcpOptions = {}) {
  const reception = new Reception();
  const listener = await tcp({ ...options, ...(tls && { tls }) }).listen('127.0.0.1:0', reception);
  open.push(listener);
  return { reception, address: listener.address };
}

/** A plain server that does to every peer what it is told. */
async function plainServer(greet: (socket: Socket) => void): Promise<string> {
  const plain = createServer((socket) => {
    socket.on('error', () => {});
    greet(socket);
  });
  open.push(plain);
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const { port } = plain.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

describe('mutual TLS', () => {
  it('gives each side the name that the other proved', async () => {
    await using pair = await connectPair(tcp({ tls: client }), tcp({ tls: server }));
    expect(pair.dialed.peerName).toBe('localhost');
    expect(pair.accepted.peerName).toBe('client 7');
    expect([pair.dialed.encrypted, pair.accepted.encrypted]).toEqual([true, true]);
  });

  it('says what it is', () => {
    expect(tcp({ tls: server }).name).toBe('tls');
    expect(tcp({ tls: server }).capabilities.secure).toBe(true);
    expect(tcp().capabilities.secure).toBe(false);
  });

  it('may listen beyond loopback', async () => {
    await using listener = await tcp({ tls: server }).listen('0.0.0.0:0', new Reception());
    expect(parseAddress(listener.address).port).toBeGreaterThan(0);
  });

  it('refuses a peer without a certificate, and both sides know', async () => {
    const { reception, address } = await listen();
    const connection = await tcp({ tls: { ca } }).dial(address);
    const recorder = new Recorder();
    connection.open(recorder);
    await recorder.until(() => recorder.closed);
    await reception.until(() => reception.errors.length > 0);
    expect(recorder.error).toMatchObject({ code: 'ERR_DWCP_AUTHENTICATION_FAILED' });
    expect(reception.codes).toEqual(['ERR_DWCP_AUTHENTICATION_FAILED']);
    expect(reception.connections).toEqual([]);
  });

  it('refuses a certificate of another authority, and says so', async () => {
    const { reception, address } = await listen();
    const foreign = { ca, ...(await stranger.identity('client 7')) };
    const connection = await tcp({ tls: foreign }).dial(address);
    const recorder = new Recorder();
    connection.open(recorder);
    connection.send([Buffer.from('let me in')]);
    await reception.until(() => reception.errors.length > 0);
    expect(reception.errors[0]).toMatchObject({
      code: 'ERR_DWCP_AUTHENTICATION_FAILED',
      message: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    });
    expect(reception.connections).toEqual([]);
    connection.close();
  });

  it('refuses TLS 1.2', async () => {
    const { reception, address } = await listen();
    const { port } = parseAddress(address);
    const old = connectTls({ ...client, port, host: '127.0.0.1', maxVersion: 'TLSv1.2' });
    await expect(once(old, 'secureConnect')).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
    expect(reception.codes).toEqual(['ERR_DWCP_AUTHENTICATION_FAILED']);
  });
});

describe('dialing with TLS', () => {
  it('refuses a listener of another authority', async () => {
    const { address } = await listen({ ca, ...(await stranger.identity('server.example')) });
    await expect(tcp({ tls: client }).dial(address)).rejects.toMatchObject({
      code: 'ERR_DWCP_AUTHENTICATION_FAILED',
      retryable: false,
    });
  });

  it('refuses a listener with another name, unless it is the expected one', async () => {
    const { address } = await listen({
      ca,
      ...(await authority.identity('other', [{ type: 'dns', value: 'other.example' }])),
    });
    await expect(tcp({ tls: client }).dial(address)).rejects.toMatchObject({
      code: 'ERR_DWCP_AUTHENTICATION_FAILED',
      cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    const named = await tcp({ tls: { ...client, serverName: 'other.example' } }).dial(address);
    expect(named.peerName).toBe('other.example');
    named.close();
  });

  it('fails at a listener that does not speak TLS', async () => {
    const address = await plainServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await expect(tcp({ tls: client }).dial(address)).rejects.toMatchObject({
      code: 'ERR_DWCP_AUTHENTICATION_FAILED',
    });
  });

  it('may try again when the listener hangs up', async () => {
    const address = await plainServer((socket) => socket.resetAndDestroy());
    await expect(tcp({ tls: client }).dial(address)).rejects.toMatchObject({
      code: 'ERR_DWCP_CONNECT_FAILED',
      retryable: true,
    });
  });

  it('gives up on a listener that never answers', async () => {
    const address = await plainServer(() => {});
    await expect(tcp({ tls: client }).dial(address, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'ERR_DWCP_TIMEOUT',
      message: expect.stringContaining('timeoutMs = 30'),
    });
  });

  it('is aborted in the handshake', async () => {
    const stop = new AbortController();
    const address = await plainServer(() => stop.abort());
    await expect(tcp({ tls: client }).dial(address, { signal: stop.signal })).rejects.toMatchObject(
      { code: 'ERR_DWCP_ABORTED' },
    );
  });
});

describe('TLS without client certificates', () => {
  const tls = { ...server, requestClientCertificate: false };

  it('takes anybody on loopback', async () => {
    await using pair = await connectPair(tcp({ tls: { ca } }), tcp({ tls }));
    expect([pair.dialed.peerName, pair.accepted.peerName]).toEqual(['localhost', undefined]);
    expect(pair.accepted.encrypted).toBe(true);
  });

  it('is not enough beyond loopback', async () => {
    await expect(tcp({ tls }).listen('0.0.0.0:0', new Reception())).rejects.toMatchObject({
      code: 'ERR_DWCP_INSECURE_LISTEN',
    });
    expect(tcp({ tls }).capabilities.secure).toBe(false);
  });
});

describe('TLS options', () => {
  it.each([
    ['without a certificate', { ca }, 'tls.cert and tls.key'],
    ['without an authority', { cert: server.cert, key: server.key }, 'tls.ca'],
  ])('cannot listen %s', async (_title, tls, message) => {
    await expect(tcp({ tls }).listen('127.0.0.1:0', new Reception())).rejects.toMatchObject({
      code: 'ERR_DWCP_INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it('are read when the transport is made', () => {
    expect(() => tcp({ tls: { cert: 'no PEM', key: 'no PEM' } })).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' }),
    );
    const bytes = {
      cert: new Uint8Array(Buffer.from(server.cert)),
      key: server.key,
      ca: [ca, stranger.ca],
    };
    expect(tcp({ tls: bytes }).name).toBe('tls');
  });
});

describe('firstDnsName', () => {
  it.each([
    ['DNS:a.example, DNS:b.example', 'a.example'],
    ['IP Address:10.0.0.1, DNS:b.example', 'b.example'],
    ['IP Address:10.0.0.1', undefined],
    ['DNS:"a.example, DNS:b.example"', undefined],
    ['URI:"x, DNS:evil.example, y", DNS:c.example', 'c.example'],
    ['URI:"x\\", DNS:evil.example"', undefined],
    ['', undefined],
  ])('reads %j as %j', (text, name) => {
    expect(firstDnsName(text)).toBe(name);
  });
});
