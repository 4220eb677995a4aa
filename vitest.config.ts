import { defineConfig } from 'vitest/config';

// Tests run from sources: the private condition makes every @dwcp package resolve to its src folder.
const conditions = ['@dwcp/source', 'module', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', '{benchmarks,examples,scripts}/**/*.test.ts'],
    pool: 'forks',
    // Children that tests start inherit nothing of this; the workers themselves need it.
    execArgv: ['--conditions=@dwcp/source'],
    // Ends a test that hangs; nothing is measured by it. Busy machines take several seconds for some.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['packages/*/src/**'] },
  },
});
