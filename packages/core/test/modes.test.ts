import { classify, defaultModeThresholds, modes } from '@dwcp/core';
import type { NetworkConditions } from '@dwcp/core';
import { describe, expect, it } from 'vitest';

// One row per statement of "DWCP v3 architecture, Mode Detection Algorithm", and its borders.
describe('classify', () => {
  it.each<[NetworkConditions, string]>([
    [{ roundTripMs: 0.1, bandwidthBps: 100e9 }, 'datacenter'],
    [{ roundTripMs: 9.99, bandwidthBps: 1e9 }, 'datacenter'],
    [{ roundTripMs: 10, bandwidthBps: 1e9 }, 'hybrid'],
    [{ roundTripMs: 50, bandwidthBps: 1e9 }, 'hybrid'],
    [{ roundTripMs: 50.01, bandwidthBps: 10e9 }, 'internet'],
    [{ roundTripMs: 0.1, bandwidthBps: 1e9 - 1 }, 'internet'],
    [{ roundTripMs: 200, bandwidthBps: 100e6 }, 'internet'],
    [{}, 'hybrid'],
    [{ roundTripMs: 0.1 }, 'hybrid'],
    [{ bandwidthBps: 100e9 }, 'hybrid'],
    [{ roundTripMs: 80 }, 'internet'],
    [{ bandwidthBps: 10e6 }, 'internet'],
    [{ roundTripMs: Number.NaN, bandwidthBps: 100e9 }, 'hybrid'],
    [{ roundTripMs: -1, bandwidthBps: 100e9 }, 'hybrid'],
    [{ roundTripMs: 1, bandwidthBps: 10e9, lossRatio: 0.5, jitterMs: 100 }, 'datacenter'],
  ])('%j is %s', (conditions, mode) => {
    expect(classify(conditions)).toBe(mode);
  });

  it('takes other borders one by one', () => {
    const conditions = { roundTripMs: 12, bandwidthBps: 5e8 };
    expect(classify(conditions, { internetMaxBandwidthBps: 1e8 })).toBe('hybrid');
    expect(
      classify(conditions, { datacenterMaxRoundTripMs: 20, datacenterMinBandwidthBps: 1e8 }),
    ).toBe('datacenter');
  });

  it('knows three modes and the borders of the specification', () => {
    expect(modes).toEqual(['datacenter', 'internet', 'hybrid']);
    expect(Object.values(defaultModeThresholds)).toEqual([10, 1e9, 50, 1e9]);
  });
});
