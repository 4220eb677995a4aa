import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSupported, root } from '../toolchain.mjs';

/** A program that runs a child the way the root commands do. */
function wrapper(childCode: string): string[] {
  const module = JSON.stringify(path.join(root, 'scripts/dev/process.mjs'));
  const options = '{ cwd: process.cwd(), env: process.env }';
  const call = `await run(process.execPath, ['-e', ${JSON.stringify(childCode)}], ${options})`;
  const code = `import { exitLike, run } from ${module}; exitLike(${call});`;
  return ['--input-type=module', '-e', code];
}

describe('run', () => {
  test('ends with the exit code of its child', () => {
    const { status } = spawnSync(process.execPath, wrapper('process.exit(7)'));
    expect(status).toBe(7);
  });

  test('ends by the signal that ended its child', () => {
    const { signal } = spawnSync(process.execPath, wrapper("process.kill(process.pid, 'SIGKILL')"));
    expect(signal).toBe('SIGKILL');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('lets its child clean up after %s', async (signal) => {
    const child = `
      process.on('${signal}', () => { console.log('cleaned up'); process.exit(3); });
      setInterval(() => {}, 1000);
      console.log('ready');`;
    const parent = spawn(process.execPath, wrapper(child), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output: string[] = [];
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) parent.kill(signal);
      output.push(text);
    });
    const [code] = await once(parent, 'close');
    expect(output.join('')).toContain('cleaned up');
    expect(code).toBe(3);
  });
});

describe('isSupported', () => {
  test.each(['22.22.2', '22.23.0', '24.15.0', '24.21.0', '26.0.0', '27.1.0'])('%s', (version) => {
    expect(isSupported(version)).toBe(true);
  });

  test.each(['18.20.0', '20.20.2', '22.22.1', '22.15.0', '23.11.0', '24.14.9', '25.9.0'])(
    'not %s',
    (version) => {
      expect(isSupported(version)).toBe(false);
    },
  );
});

test('an unknown task is refused with the list of tasks', () => {
  const script = path.join(root, 'scripts/dev.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, 'tset'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/Unknown task "tset". Tasks: demo, bench, test, /);
});
