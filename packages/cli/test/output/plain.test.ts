/** Sentences for people. */
import { DwcpError, virtualClock } from '@dwcp/core';
import type { PushNodeOptions, ServeEvents, TreeProgress } from '@dwcp/node';
import { describe, expect, it } from 'vitest';
import { PlainReporter } from '../../src/output/plain.ts';
import { ProgressBar } from '../../src/output/progress-bar.ts';
import { ProgressLines } from '../../src/output/progress-lines.ts';
import { describeProgress } from '../../src/output/progress.ts';
import { visible } from '../../src/output/text.ts';
import { report, runWith } from '../fake-node.ts';
import { Recorder, recordedIo } from '../streams.ts';

const moving = (doneBytes: number): TreeProgress => ({
  phase: 'transfer',
  doneBytes,
  totalBytes: 10_000_000,
  wireBytes: doneBytes,
});

describe('a result', () => {
  it('is one line on stdout', async () => {
    const { stderr, stdout } = await runWith(['push', 'photos', 'h:1'], {
      push: async () => report,
    });
    expect(stdout.lines).toEqual([
      'pushed photos: 3 files (1.5MB), 2 written (1.2MB), 1 the same already; ' +
        '400kB on the wire, 4 streams, 250ms',
    ]);
    expect(stderr.text).toBe('');
  });

  it('names the target of a pull, and attempts when there were several', async () => {
    const pull = async () => ({ ...report, attempts: 3, streams: 1 });
    const { stdout } = await runWith(['pull', 'h:1/photos', 'copy'], { pull });
    expect(stdout.text).toMatch(/^pulled into copy: .* 1 stream, 250ms, 3 attempts\n$/);
  });

  it('lists the first ten entries that were left out', async () => {
    const skipped = Array.from({ length: 100 }, (_, index) => ({
      path: `link-${index}`,
      reason: 'is a symbolic link',
    }));
    const push = async () => ({ ...report, skipped, skippedCount: 250 });
    const { stderr } = await runWith(['push', 'photos', 'h:1'], { push });
    expect(stderr.lines).toHaveLength(12);
    expect(stderr.lines[0]).toBe('250 skipped:');
    expect(stderr.lines[1]).toBe('  link-0: is a symbolic link');
    expect(stderr.lines[11]).toBe('  … and 240 more');
  });

  it('shows hostile names as escapes', () => {
    expect(visible('a\u001b]0;title\u0007b')).toBe(String.raw`a\u{1b}]0;title\u{7}b`);
    expect(visible('gpj.\u202eexe')).toBe(String.raw`gpj.\u{202e}exe`);
    expect(visible('Größe – 大きさ 🎉')).toBe('Größe – 大きさ 🎉');
    expect(visible('x'.repeat(5000))).toHaveLength(1001);
  });
});

describe('retries', () => {
  it('are told on stderr', async () => {
    const push = async ({ onRetry }: PushNodeOptions) => {
      const error = new DwcpError('ERR_DWCP_CONNECTION_LOST', 'it broke');
      onRetry?.({ attempt: 1, error, delayMs: 190.123 });
      return report;
    };
    const { stderr } = await runWith(['push', 'photos', 'h:1'], { push });
    expect(stderr.lines).toEqual(['it broke (ERR_DWCP_CONNECTION_LOST); attempt 2 in 190ms']);
  });
});

describe('serve', () => {
  async function serving(act: (on: ServeEvents) => void) {
    const serve = async ({ on }: { on?: ServeEvents }) => {
      if (on) act(on);
      const close = async () => {};
      return { address: 'h:1', close, [Symbol.asyncDispose]: close };
    };
    const outcome = await runWith(['serve', '/x'], { serve }, { signal: AbortSignal.abort() });
    return { stdout: outcome.stdout.lines.slice(0, -1), stderr: outcome.stderr.lines };
  }
  const peer = { address: '10.0.0.9:5000', name: undefined };
  const error = new DwcpError('ERR_DWCP_UNSAFE_PATH', 'the path ".." is not a name');

  it('tells who came and what was done', async () => {
    const { stderr, stdout } = await serving((on) => {
      on.session?.({ ...peer, name: 'laptop' });
      on.operation?.({ kind: 'push', path: 'photos', outcome: report, error: undefined }, peer);
      on.operation?.({ kind: 'pull', path: '..', outcome: undefined, error }, peer);
    });
    expect(stdout).toEqual([
      'laptop (10.0.0.9:5000) connected',
      '10.0.0.9:5000 pushed "photos": 3 files (1.5MB), 2 written (1.2MB), 1 the same already',
      '10.0.0.9:5000 pulled ".." in vain: the path ".." is not a name (ERR_DWCP_UNSAFE_PATH)',
    ]);
    expect(stderr).toEqual([]);
  });

  it('tells broken sessions on stderr, with the peer where it is known', async () => {
    const { stderr } = await serving((on) => {
      on.error?.(error, peer);
      on.error?.(error, undefined);
    });
    expect(stderr[0]).toMatch(/^dwcp: 10\.0\.0\.9:5000: the path/);
    expect(stderr[2]).toMatch(/^dwcp: the path/);
  });
});

describe('progress', () => {
  it('in words', () => {
    expect(describeProgress({ ...moving(0), phase: 'compare' })).toBe('comparing');
    expect(describeProgress({ ...moving(0), totalBytes: undefined })).toBe('comparing');
    expect(describeProgress({ ...moving(9), phase: 'commit' })).toBe('putting files in place');
    expect(describeProgress(moving(2_345_678))).toBe('2.35MB of 10MB');
    expect(describeProgress(moving(5_000_000), 2_000_000.7)).toBe('5MB of 10MB, 2MB/s, 2.5s left');
    expect(describeProgress(moving(1), 1e-9)).toBe('1B of 10MB, 0B/s');
  });

  it('in a pipe: at most a line a second, none for what is over at once', () => {
    const clock = virtualClock();
    const stream = new Recorder();
    const lines = new ProgressLines(stream, clock);
    for (let index = 0; index < 60; index += 1) {
      lines.show(moving(index * 100_000));
      clock.advance(50);
    }
    expect(stream.lines).toEqual(['2MB of 10MB, 2MB/s, 4s left', '4MB of 10MB, 2MB/s, 3s left']);
  });

  it('measures the speed of a new attempt anew', () => {
    const clock = virtualClock();
    const stream = new Recorder();
    const lines = new ProgressLines(stream, clock);
    lines.show(moving(8_000_000));
    clock.advance(5000);
    lines.show(moving(0));
    clock.advance(1000);
    lines.show(moving(1_000_000));
    expect(stream.lines.at(-1)).toBe('1MB of 10MB, 1MB/s, 9s left');
  });

  it('on a terminal: a bar in one line that makes room for others', () => {
    const stderr = new Recorder(true);
    const io = { ...recordedIo({}), stderr };
    const reporter = new PlainReporter(io, new ProgressBar(stderr, virtualClock()));
    reporter.report({ event: 'progress', ...moving(5_000_000) });
    expect(stderr.text).toContain('[============            ] 50% 5MB of 10MB');
    const failure = { message: 'it broke', remedy: '', retryable: true } as const;
    reporter.report({ event: 'retry', attempt: 1, delayMs: 200, error: failure });
    expect(stderr.text).toContain('\u001b[2Kit broke');
    reporter.close();
    // Settings of the terminal, such as its line wrapping, stay as they are.
    expect(stderr.text).not.toContain('\u001b[?');
  });
});
