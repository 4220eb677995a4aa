/** Where log lines and measurements go when the host does not want them. */
import type { Logger, MetricsSink } from './roles/host.ts';

/** Drops every line. */
export const silentLogger: Logger = { log: () => {} };

/** Drops every measurement. */
export const noMetrics: MetricsSink = { count: () => {}, gauge: () => {}, observe: () => {} };
