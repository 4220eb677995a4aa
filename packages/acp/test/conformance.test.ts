import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { replay } from './replay/replay.ts';

const folder = path.join(import.meta.dirname, 'conformance/etcd-raft');

function scripts(format: string): string[] {
  return readdirSync(path.join(folder, format)).filter((name) => name.endsWith('.txt'));
}

describe.each(['interaction', 'quorum', 'confchange'])('scripts of etcd: %s', (format) => {
  test.each(scripts(format))('%s', (name) => {
    const { difference, logLines, directives } = replay(
      readFileSync(path.join(folder, format, name), 'utf8'),
    );
    expect(difference).toBeUndefined();
    // Also the wording of the log is equal in all of them.
    expect(logLines).toEqual([]);
    expect(directives).toBeGreaterThan(0);
  });
});

describe('replay', () => {
  test('finds a difference and tells the line', () => {
    const script = 'add-nodes 1 voters=(1) index=3\n----\nok\n\nraft-state\n----\n1: StateLeader\n';
    expect(replay(script).difference).toEqual({
      directiveLine: 5,
      line: 7,
      expected: '1: StateLeader',
      got: '1: StateFollower (Voter) Term:0 Lead:0',
    });
  });

  test('a log line that differs is counted and no failure', () => {
    const script = 'add-nodes 1 voters=(1) index=3\n----\nINFO something else\n';
    const { difference, logLines } = replay(script);
    expect(difference).toBeUndefined();
    expect(logLines).toHaveLength(3);
  });

  test('output with blank lines stands between doubled separators', () => {
    const script = 'raft-state\n----\n----\none\n\ntwo\n----\n----\n';
    expect(replay(script).difference?.expected).toBe('one');
  });

  test('unknown commands are differences, not crashes', () => {
    expect(replay('fly 1\n----\nok\n').difference?.got).toBe('unknown command');
  });
});
