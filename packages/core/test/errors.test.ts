import {
  abortedError,
  DwcpError,
  errorTable,
  isDwcpError,
  isErrorCode,
  throwIfAborted,
} from '@dwcp/core';
import { describe, expect, it } from 'vitest';
import type * as firstCopy from '../src/errors.ts';

const codes = Object.keys(errorTable).filter(isErrorCode);

/** A second copy of the module, as two versions of this package in one application would be. */
const secondCopy: typeof firstCopy = await import(
  `${new URL('../src/errors.ts', import.meta.url).href}?copy`
);

describe.each(codes)('%s', (code) => {
  const { meaning, remedy, retryable } = errorTable[code];

  it('has a code, a meaning and a remedy that can be printed', () => {
    expect(code).toMatch(/^ERR_DWCP_[A-Z]+(_[A-Z]+)*$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  });

  it('makes an error with its code, retryable flag and cause', () => {
    const cause = new Error('below');
    const error = new DwcpError(code, 'what happened', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      code,
      retryable,
      cause,
      message: 'what happened',
      name: 'DwcpError',
    });
    expect(error.stack).toContain('what happened');
    expect(new DwcpError(code, '', { retryable: !retryable }).retryable).toBe(!retryable);
  });

  it('is recognised by its code, by both copies of the module', () => {
    const error: unknown = new secondCopy.DwcpError(code, '');
    expect(error).not.toBeInstanceOf(DwcpError);
    expect(isDwcpError(error)).toBe(true);
    expect(isDwcpError(error, code)).toBe(true);
    expect(secondCopy.isDwcpError(new DwcpError(code, ''), code)).toBe(true);
    const others = codes.filter((other) => other !== code);
    expect(others.some((other) => isDwcpError(error, other))).toBe(false);
  });
});

describe('errors', () => {
  it('recognises nothing else', () => {
    const lookalike = Object.assign(new Error('x'), { code: 'ERR_DWCP_TIMEOUT', retryable: true });
    for (const value of [lookalike, null, undefined, 'ERR_DWCP_TIMEOUT', 7, {}, () => {}]) {
      expect(isDwcpError(value)).toBe(false);
    }
  });

  it('shows no marker when it is printed or sent', () => {
    const error = new DwcpError('ERR_DWCP_TIMEOUT', 'late');
    expect(Object.keys(error).toSorted()).toEqual(['code', 'name', 'retryable']);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'ERR_DWCP_TIMEOUT',
      name: 'DwcpError',
      retryable: true,
    });
    expect('cause' in error).toBe(false);
  });

  it('tells codes from other strings, also inherited ones', () => {
    expect(isErrorCode('ERR_DWCP_TIMEOUT')).toBe(true);
    for (const value of ['ERR_DWCP_NONE', 'toString', '__proto__', '', 7, undefined]) {
      expect(isErrorCode(value)).toBe(false);
    }
  });

  it('turns a fired signal into an error', () => {
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
    const reason = new Error('not wanted');
    const signal = AbortSignal.abort(reason);
    expect(() => throwIfAborted(signal)).toThrow(
      expect.objectContaining({ code: 'ERR_DWCP_ABORTED' }),
    );
    expect(abortedError(signal).cause).toBe(reason);
  });
});
