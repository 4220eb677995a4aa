import { isDwcpError } from '@dwcp/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../src/address.ts';
import { isLoopback, resolveHost } from '../src/loopback.ts';

describe('parseAddress', () => {
  it.each([
    ['localhost:4747', 'localhost', 4747],
    ['db-1.example.:65535', 'db-1.example.', 65535],
    ['10.0.0.7:0', '10.0.0.7', 0],
    ['[::1]:4747', '::1', 4747],
    ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1],
    [':4747', '', 4747],
  ])('reads %s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
  });

  it.each([
    '',
    'localhost',
    'localhost:',
    'localhost:65536',
    'localhost:-1',
    'localhost:4e2',
    'localhost: 80',
    'localhost:000080',
    '::1:4747',
    '[::1]',
    '[::1',
    '[localhost]:80',
    '[]:80',
    '127.1:80',
    '010.0.0.1:80',
    '1.2.3.4.5:80',
    'a b:80',
    'a..b:80',
    'a/b:80',
    'user@host:80',
    `${'a'.repeat(254)}:80`,
    `[${'1'.repeat(10_000)}]:80`,
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_INVALID_ARGUMENT' }),
    );
  });

  it('reads back what it wrote', () => {
    const host = fc.oneof(fc.ipV6(), fc.ipV4(), fc.domain());
    fc.assert(
      fc.property(host, fc.integer({ min: 0, max: 65535 }), (name, port) => {
        expect(parseAddress(formatAddress(name, port))).toEqual({ host: name, port });
      }),
      { seed: 4747, numRuns: 500 },
    );
  });

  it('refuses everything else with its own error', () => {
    const nearly = fc.stringMatching(/^\[?[0-9a-f.:]*\]?:\d{1,5}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        expect(['read', 'ERR_DWCP_INVALID_ARGUMENT']).toContain(outcome(text));
      }),
      { seed: 4747, numRuns: 2000 },
    );
  });
});

function outcome(text: string): string {
  try {
    parseAddress(text);
    return 'read';
  } catch (error) {
    return isDwcpError(error) ? error.code : String(error);
  }
}

describe('isLoopback', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:9',
  ])('holds for %s', (ip) => {
    expect(isLoopback(ip)).toBe(true);
  });

  it.each([
    '',
    '0.0.0.0',
    '::',
    '128.0.0.1',
    '10.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    '::ffff:0.0.0.0',
    'localhost',
    '::1%lo',
  ])('does not hold for %j', (ip) => {
    expect(isLoopback(ip)).toBe(false);
  });
});

describe('resolveHost', () => {
  it('resolves a name to what will be bound', async () => {
    expect(isLoopback(await resolveHost('localhost', undefined))).toBe(true);
  });

  it('leaves addresses and the empty host alone', async () => {
    expect(await resolveHost('::', undefined)).toBe('::');
    expect(await resolveHost('', undefined)).toBe('');
  });

  it('is left behind by an abort, and takes its listener off the signal', async () => {
    const stop = new AbortController();
    const resolving = resolveHost('localhost', stop.signal);
    stop.abort();
    await expect(resolving).rejects.toMatchObject({ code: 'ERR_DWCP_ABORTED' });
  });
});
