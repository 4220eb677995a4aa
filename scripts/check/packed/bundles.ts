/** `sideEffects: false` is true: a bundler keeps what is used and nothing else. */
import { build } from 'esbuild';
import type { Step } from '../step.ts';
import { failIfAny } from '../step.ts';
import { host } from './host.ts';

/** One small export of core does not bring the rest of core, nor its dependencies. */
export const bundles: Step = {
  name: 'bundles',
  about: 'a bundle of one import contains no more than it needs',
  async run(workshop) {
    const { folder } = await host(workshop);
    const { metafile } = await build({
      stdin: {
        contents: "import { isErrorCode } from '@dwcp/core'; console.log(isErrorCode('x'));",
        resolveDir: folder,
      },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      absWorkingDir: folder,
    });
    const [output] = Object.values(metafile.outputs);
    const modules = Object.keys(output?.inputs ?? {}).filter((input) => input !== '<stdin>');
    const needed = ['node_modules/@dwcp/core/dist/errors.js'];
    failIfAny(
      modules
        .filter((module) => !needed.includes(module))
        .map((module) => `a bundle of isErrorCode contains ${module}`),
    );
    return `isErrorCode alone takes ${output?.bytes} bytes`;
  },
};
