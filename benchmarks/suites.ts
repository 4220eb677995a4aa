/** Every suite by its name on the command line. */
import type { Suite } from './harness/suite.ts';
import { push } from './push/suite.ts';

/** Add a suite here and in `docs/benchmarks.md`. */
export const suites: Readonly<Record<string, Suite>> = { push };
