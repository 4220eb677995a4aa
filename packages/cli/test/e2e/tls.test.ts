/** Encryption and certificates, between real processes. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { type Authority, makeAuthority } from '../../../transport-tcp/test/certificates.ts';
import { hashes, sampleTree, scratch } from '../scratch.ts';
import { eventsOf, finished, serve, start } from './dwcp.ts';

/** Options for a side with a certificate of `authority`. */
async function identity(authority: Authority, name: string): Promise<string[]> {
  // A peer is called by the first name of its certificate; a listener needs those of this machine.
  const names = name === 'inbox' ? [] : [[{ type: 'dns', value: name }] as const];
  const { cert, key } = await authority.identity(name, ...names);
  const folder = scratch();
  return Object.entries({ cert, key, ca: authority.ca }).flatMap(([kind, pem]) => {
    writeFileSync(join(folder, kind), pem);
    return [`--tls-${kind}`, join(folder, kind)];
  });
}

it('both sides prove who they are', async () => {
  const authority = await makeAuthority('ours');
  const [source, root] = [sampleTree(100_000), scratch()];
  const { address, event } = await serve(root, ...(await identity(authority, 'inbox')));
  const laptop = await identity(authority, 'laptop');
  const pushed = await finished('push', source, address, ...laptop);
  expect(pushed).toMatchObject({ code: 0, stderr: '' });
  expect(await event('session')).toMatchObject({ peer: { name: 'laptop' } });
  expect(hashes(join(root, basename(source)))).toEqual(hashes(source));

  const misnamed = await finished('pull', address, scratch(), ...laptop, '--server-name', 'other');
  expect(misnamed.code).toBe(1);
  expect(misnamed.stderr).toContain('(ERR_DWCP_AUTHENTICATION_FAILED)');
});

it('strangers are turned away', async () => {
  const [ours, theirs] = [await makeAuthority('ours'), await makeAuthority('theirs')];
  const server = await serve(scratch(), ...(await identity(ours, 'inbox')));
  const ca = (await identity(ours, 'nobody')).slice(4);
  const foreign = (await identity(theirs, 'stranger')).slice(0, 4);
  for (const options of [ca, [...foreign, ...ca]]) {
    const { code } = await finished('push', '.', server.address, '--retries', '0', ...options);
    expect(code).toBe(1);
  }
  server.process.kill('SIGTERM');
  const refused = { event: 'error', fatal: false, code: 'ERR_DWCP_AUTHENTICATION_FAILED' };
  expect(eventsOf(await server.ended)).toMatchObject([{ event: 'listening' }, refused, refused]);
});

it('beyond loopback, encryption without an authority for peers is not enough', async () => {
  const files = (await identity(await makeAuthority('ours'), 'inbox')).slice(0, 4);
  const served = start('serve', scratch(), '--listen', '0.0.0.0:0', '--json', ...files);
  const ended = await served.ended;
  expect(ended.code).toBe(1);
  expect(eventsOf(ended)).toMatchObject([{ code: 'ERR_DWCP_INSECURE_LISTEN' }]);
});

it('a key that is none ends with 2', async () => {
  const [, cert = '', , , , ca = ''] = await identity(await makeAuthority('ours'), 'inbox');
  const files = ['--tls-cert', cert, '--tls-key', ca, '--tls-ca', ca];
  const { code, stderr } = await finished('serve', scratch(), '--listen', '0.0.0.0:0', ...files);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^dwcp: cannot use tls\.cert/);
});
