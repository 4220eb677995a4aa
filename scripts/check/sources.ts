/** Checks of the sources by other tools, one line each. */
import type { Step } from './step.ts';
import { executeNode } from './step.ts';

/** General lint rules. */
export const oxlint: Step = tool('oxlint', 'lint rules (.oxlintrc.json)', [
  'node_modules/oxlint/bin/oxlint',
]);

/** One layout for all files; `npm run format` gives it to them. */
export const format: Step = tool('format', 'layout; npm run format mends it', [
  'node_modules/oxfmt/bin/oxfmt',
  '--check',
]);

/** The rules that only this house has. */
export const house: Step = tool('house', 'the rules of this house (scripts/house/rules)', [
  'scripts/house/main.ts',
]);

/** Types of everything, tests and scripts too. */
export const types: Step = {
  name: 'types',
  about: 'types of the sources, tests, examples, benchmarks and scripts',
  async run() {
    await executeNode(['node_modules/typescript/bin/tsc', '-p', '.']);
    await executeNode(['node_modules/typescript/bin/tsc', '-p', 'scripts']);
  },
};

/** No dead exports, files or dependencies. */
export const unused: Step = tool('unused', 'exports, files and dependencies that nothing uses', [
  'node_modules/knip/bin/knip.js',
  '--no-progress',
]);

/** One version of each dependency in the whole workspace. */
export const versions: Step = tool('versions', 'one version of each dependency', [
  'node_modules/syncpack/index.cjs',
  'lint',
]);

/** Doc comments that typedoc understands, with links that lead somewhere. */
export const docs: Step = tool('docs', 'links and references in doc comments', [
  'node_modules/typedoc/bin/typedoc',
  '--emit',
  'none',
  '--treatWarningsAsErrors',
]);

function tool(name: string, about: string, command: readonly string[]): Step {
  return {
    name,
    about,
    async run() {
      await executeNode(command);
    },
  };
}
