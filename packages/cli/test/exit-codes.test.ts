/** What comes out of a run: its exit code, and how errors are told. */
import { DwcpError, type ErrorCode, errorTable } from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import { report, runWith } from './fake-node.ts';

const argv = ['push', 'photos', 'h:1'];

function failing(error: unknown) {
  const push = async () => {
    throw error;
  };
  return { push };
}

describe('exit codes', () => {
  it('0 when everything arrived, also when links were left out', async () => {
    const skipped = { skipped: [{ path: 'link', reason: 'is a symbolic link' }], skippedCount: 1 };
    const { code } = await runWith(argv, { push: async () => ({ ...report, ...skipped }) });
    expect(code).toBe(0);
  });

  it('3 when files failed', async () => {
    const problems = [{ path: 'a', reason: 'EACCES' }];
    const failed = { ...report, problems, problemCount: 1 };
    const { code, stderr, stops } = await runWith(argv, { push: async () => failed });
    expect(code).toBe(3);
    expect(stderr.lines).toEqual(['1 failed:', '  a: EACCES']);
    expect(stops).toBe(1);
  });

  it('2 for an argument that the node refuses', async () => {
    const error = new DwcpError('ERR_DWCP_INVALID_ARGUMENT', 'no');
    expect((await runWith(argv, failing(error))).code).toBe(2);
  });

  it.each<ErrorCode>(['ERR_DWCP_CONNECT_FAILED', 'ERR_DWCP_REFUSED', 'ERR_DWCP_IO'])(
    '1 for %s',
    async (code) => {
      const outcome = await runWith(argv, failing(new DwcpError(code, 'no')));
      expect(outcome.code).toBe(1);
      expect(outcome.stops).toBe(1);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGPIPE', 141],
    ['something else', 130],
  ])('stopped by %s: %i', async (reason, code) => {
    const aborted = failing(new DwcpError('ERR_DWCP_ABORTED', 'the operation was aborted'));
    const outcome = await runWith(argv, aborted, { signal: AbortSignal.abort(reason) });
    expect(outcome.code).toBe(code);
    expect(outcome.stderr.text).toContain('it continues where it stood');
  });

  it.each(['--help', '--version', 'push --help', 'help pull'])('0 for %s', async (line) => {
    const { code, stderr, stdout } = await runWith(line.split(' '));
    expect(code).toBe(0);
    expect(stdout.text).not.toBe('');
    expect(stderr.text).toBe('');
  });
});

describe('errors', () => {
  it('one line with the code, one with the remedy', async () => {
    const error = new DwcpError('ERR_DWCP_BUSY', 'it holds 8 sessions', { cause: new Error('x') });
    const { stderr, stdout } = await runWith(argv, failing(error));
    expect(stderr.lines).toEqual([
      'dwcp: it holds 8 sessions (ERR_DWCP_BUSY)',
      `  ${errorTable.ERR_DWCP_BUSY.remedy}`,
    ]);
    expect(stdout.text).toBe('');
  });

  it('stacks and causes only for those who ask', async () => {
    const error = new DwcpError('ERR_DWCP_IO', 'no', { cause: new Error('the disk is full') });
    expect((await runWith(argv, failing(error))).stderr.text).not.toContain('is full');
    const { stderr } = await runWith(argv, failing(error), { debug: true });
    expect(stderr.text).toMatch(/the disk is full\n\s+at /);
  });

  it('says whose fault an unexpected error is', async () => {
    const { code, stderr } = await runWith(argv, failing(new TypeError('x is not a function')));
    expect(code).toBe(1);
    expect(stderr.lines).toEqual([
      'dwcp: unexpected: x is not a function',
      expect.stringContaining('DWCP_DEBUG=1'),
    ]);
  });

  it('cannot be used to write to the terminal', async () => {
    const error = new DwcpError('ERR_DWCP_REFUSED', 'no\u001b[2J\u009b1m\u202e\nfine');
    const { stderr } = await runWith(argv, failing(error));
    expect(stderr.lines[0]).toBe(
      String.raw`dwcp: no\u{1b}[2J\u{9b}1m\u{202e}\u{a}fine (ERR_DWCP_REFUSED)`,
    );
  });

  it('are objects with code and remedy in JSON', async () => {
    const error = new DwcpError('ERR_DWCP_BUSY', 'it holds 8 sessions');
    const { stderr, stdout } = await runWith([...argv, '--json'], failing(error));
    expect(stderr.text).toBe('');
    expect(stdout.lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        event: 'error',
        fatal: true,
        code: 'ERR_DWCP_BUSY',
        message: 'it holds 8 sessions',
        remedy: errorTable.ERR_DWCP_BUSY.remedy,
        retryable: true,
      },
    ]);
  });

  it('stay when everything else is quiet', async () => {
    const quiet = [...argv, '--quiet'];
    const problems = [{ path: 'a', reason: 'EACCES' }];
    const failed = { ...report, problems, problemCount: 1 };
    const incomplete = await runWith(quiet, { push: async () => failed });
    expect(incomplete.stdout.text).toBe('');
    expect(incomplete.stderr.lines).toHaveLength(2);
    const { stderr } = await runWith(quiet, failing(new DwcpError('ERR_DWCP_IO', 'no')));
    expect(stderr.lines[0]).toBe('dwcp: no (ERR_DWCP_IO)');
  });
});
