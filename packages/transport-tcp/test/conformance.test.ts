import { transportSuite, type TransportSuiteOptions } from '@dwcp/conformance';
import { describe, expect, it } from 'vitest';
import { tcp, type TcpOptions } from '../src/index.ts';
import { makeAuthority } from './certificates.ts';

const authority = await makeAuthority('Test Authority');
const tls = { ca: authority.ca, ...(await authority.identity('node', undefined)) };

const quick = { largeBytes: 8 * 1024 * 1024 };
const variants: readonly [string, TcpOptions, TransportSuiteOptions?][] = [
  ['tcp', {}],
  ['tcp by events', { receivePath: 'events' }, quick],
  ['tls', { tls }],
  ['tls by events', { tls, receivePath: 'events' }, quick],
  ['tcp with a queue of one byte', { sendHighWaterBytes: 1 }, quick],
];

describe.each(variants)('%s', (_name, options, suiteOptions) => {
  const transport = tcp(options);
  const subject = { dialer: transport, listener: transport, listenAddress: '127.0.0.1:0' };

  it.each(transportSuite(() => subject, suiteOptions))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
