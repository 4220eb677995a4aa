import { noMetrics, silentLogger } from '@dwcp/core';
import { expect, it } from 'vitest';

it('takes log lines and measurements and returns nothing', () => {
  expect(silentLogger.log('error', 'lost', { peer: 'a' })).toBeUndefined();
  expect(noMetrics.count('core.sent_bytes', 1)).toBeUndefined();
  expect(noMetrics.gauge('core.connections', 1, { mode: 'hybrid' })).toBeUndefined();
  expect(noMetrics.observe('core.round_trip_ms', 1)).toBeUndefined();
});
