/** From the command line to the options of the node. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PullNodeOptions, PushNodeOptions, ServeNodeOptions } from '@dwcp/node';
import { describe, expect, it } from 'vitest';
import { parseRemote } from '../src/arguments/remote.ts';
import { report, runWith } from './fake-node.ts';
import { scratch } from './scratch.ts';

async function pushed(argv: readonly string[]) {
  const calls: PushNodeOptions[] = [];
  const push = async (options: PushNodeOptions) => {
    calls.push(options);
    return report;
  };
  const outcome = await runWith(['push', ...argv], { push });
  expect(outcome.stderr.text).toBe('');
  return { ...outcome, call: calls[0] };
}

describe('HOST:PORT/PATH', () => {
  it.each([
    ['127.0.0.1:4747', '127.0.0.1:4747', undefined],
    ['db.example:4747/a/b', 'db.example:4747', 'a/b'],
    ['[::1]:4747/dest', '[::1]:4747', 'dest'],
    ['[fe80::1%eth0]:1', '[fe80::1%eth0]:1', undefined],
    ['host:1/', 'host:1', ''],
    ['host:1/a//', 'host:1', 'a'],
    ['host:1/a:2/b', 'host:1', 'a:2/b'],
    ['host:1//etc', 'host:1', '/etc'],
    ['host:1/new\nline', 'host:1', 'new\nline'],
    [':4747', ':4747', undefined],
  ])('%j', (text, address, path) => {
    expect(parseRemote(text)).toEqual({ address, path });
  });

  it.each(['', 'host', 'host:', 'host:123456', 'host:http', 'a/host:1'])('refuses %j', (text) => {
    expect(() => parseRemote(text)).toThrow(/HOST:PORT/);
  });
});

describe('push', () => {
  it('needs two arguments and leaves the rest to the node', async () => {
    const { call, code, options, stops } = await pushed(['photos', '10.0.0.7:4747']);
    expect(code).toBe(0);
    expect(options).toEqual({ streams: 4, diskThreads: false });
    expect(call).toMatchObject({ path: 'photos', address: '10.0.0.7:4747', retries: 5 });
    expect(call).not.toHaveProperty('destination');
    expect(stops).toBe(1);
  });

  it('passes options on', async () => {
    const { call, options } = await pushed([
      'photos',
      '[::1]:4747/backup/',
      '--streams',
      '16',
      '--retries',
      '0',
      '--codec',
      'lz4',
    ]);
    expect(options).toEqual({ streams: 16, diskThreads: false, codec: 'lz4' });
    expect(call).toMatchObject({ address: '[::1]:4747', destination: 'backup', retries: 0 });
  });

  it('takes a bare slash as the served directory itself', async () => {
    const { call } = await pushed(['photos', '10.0.0.7:4747/']);
    expect(call?.destination).toBe('');
  });

  it('reads the files of TLS', async () => {
    const [cert = '', key = '', ca = ''] = pems('cert', 'key', 'ca');
    const { options } = await pushed([
      'photos',
      'h:1',
      '--tls-cert',
      cert,
      '--tls-key',
      key,
      '--tls-ca',
      ca,
      '--server-name',
      'db.example',
    ]);
    expect(options?.tls).toEqual({
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
      ca: Buffer.from('ca'),
      serverName: 'db.example',
    });
  });

  it('passes the signal on', async () => {
    const { signal } = new AbortController();
    let seen: AbortSignal | undefined;
    const push = async (options: PushNodeOptions) => {
      seen = options.signal;
      return report;
    };
    await runWith(['push', 'a', 'h:1'], { push }, { signal });
    expect(seen).toBe(signal);
  });
});

describe('pull', () => {
  async function pulled(...argv: string[]) {
    const calls: PullNodeOptions[] = [];
    const pull = async (options: PullNodeOptions) => {
      calls.push(options);
      return report;
    };
    return { ...(await runWith(['pull', ...argv], { pull })), call: calls[0] };
  }

  it('fetches everything into the current directory', async () => {
    const { call, options } = await pulled('h:1');
    expect(call).toMatchObject({ address: 'h:1', path: '', target: '.' });
    expect(options).toEqual({ streams: 4, diskThreads: false, durable: true });
  });

  it('fetches a place into a target', async () => {
    const { call, options } = await pulled('h:1/a/b', 'copy', '--no-sync', '--codec', 'zstd');
    expect(call).toMatchObject({ path: 'a/b', target: 'copy' });
    expect(options).toEqual({ streams: 4, diskThreads: false, durable: false, codec: 'zstd' });
  });
});

describe('serve', () => {
  async function served(...argv: string[]) {
    const calls: ServeNodeOptions[] = [];
    const serve = async (options: ServeNodeOptions) => {
      calls.push(options);
      const close = async () => {};
      return { address: '127.0.0.1:5', close, [Symbol.asyncDispose]: close };
    };
    const signal = AbortSignal.abort('SIGTERM');
    return { ...(await runWith(['serve', ...argv], { serve }, { signal })), call: calls[0] };
  }

  it('listens on loopback, durable, by default', async () => {
    const { call, code, options, stdout } = await served('.');
    expect(call).toMatchObject({ root: resolve('.'), address: '127.0.0.1:4747' });
    expect(options).toEqual({ durable: true, insecure: false });
    expect(stdout.lines).toEqual([`serving ${resolve('.')} on 127.0.0.1:5 (no encryption)`]);
    expect(code).toBe(0);
  });

  it('passes options on', async () => {
    const { call, options } = await served('/', '--listen', '[::]:0', '--insecure', '--no-sync');
    expect(call?.address).toBe('[::]:0');
    expect(options).toEqual({ durable: false, insecure: true });
  });

  it('asks for certificates when it knows their authority', async () => {
    const [cert = '', key = '', ca = ''] = pems('cert', 'key', 'ca');
    const files = ['--tls-cert', cert, '--tls-key', key];
    const mutual = await served('.', ...files, '--tls-ca', ca);
    expect(mutual.options?.tls?.requestClientCertificate).toBe(true);
    expect(mutual.stdout.text).toContain('peers prove who they are');
    const oneSided = await served('.', ...files);
    expect(oneSided.options?.tls?.requestClientCertificate).toBe(false);
    expect(oneSided.stdout.text).toContain('anybody may connect');
  });
});

describe('a wrong command line ends with 2, before there is a node', () => {
  it.each([
    ['an unknown option', ['push', 'a', 'h:1', '--force'], "unknown option '--force'"],
    ['an unknown command', ['steal'], "unknown command 'steal'"],
    ['no command', [], 'Usage: dwcp'],
    ['a missing argument', ['push', 'a'], 'missing required argument'],
    ['an argument too many', ['serve', 'a', 'b'], 'too many arguments'],
    ['no port', ['pull', 'host'], 'HOST:PORT'],
    ['no stream', ['push', 'a', 'h:1', '--streams', '0'], '1 … 16'],
    ['part of a stream', ['push', 'a', 'h:1', '--streams', '1.5'], '1 … 16'],
    ['too many streams', ['push', 'a', 'h:1', '--streams', '17'], '1 … 16'],
    ['a negative count', ['push', 'a', 'h:1', '--retries', '-1'], '0 … 1000000'],
    ['an unknown codec', ['push', 'a', 'h:1', '--codec', 'rar'], 'auto, none, lz4, zstd'],
    ['a missing file', ['push', 'a', 'h:1', '--tls-ca', '/no/such/file'], 'ENOENT'],
    ['quiet JSON', ['push', 'a', 'h:1', '--quiet', '--json'], 'cannot be used with'],
  ])('%s', async (_name, argv, reason) => {
    const { code, options, stderr, stdout } = await runWith(argv);
    expect(code).toBe(2);
    expect(stderr.text).toContain(reason);
    expect(stdout.text).toBe('');
    expect(options).toBeUndefined();
  });

  it.each([
    ['a certificate without a key', ['push', 'a', 'h:1'], ['--tls-cert'], '--tls-key'],
    ['a key without a certificate', ['pull', 'h:1'], ['--tls-key'], '--tls-cert'],
    ['an authority without a certificate', ['serve', '.'], ['--tls-ca'], '--tls-cert'],
  ])('%s', async (_name, argv, given, missing) => {
    const [file = ''] = pems('x');
    const { code, options, stderr } = await runWith([...argv, ...given, file]);
    expect(code).toBe(2);
    expect(stderr.lines[0]).toMatch(/^dwcp: .* needs .* \(ERR_DWCP_INVALID_ARGUMENT\)$/);
    expect(stderr.lines[0]).toContain(missing);
    expect(options).toBeUndefined();
  });
});

function pems(...contents: string[]): string[] {
  const folder = scratch();
  return contents.map((content) => {
    const file = join(folder, `${content}.pem`);
    writeFileSync(file, content);
    return file;
  });
}
