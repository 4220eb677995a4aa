/** `sideEffects: false` is true: a bundler keeps what is used and nothing else. */
import { build } from 'esbuild';
import type { Step } from '../step.ts';
import { CheckFailure, failIfAny } from '../step.ts';
import { host } from './host.ts';

/** The table of error codes takes most of it; all of core is eight times as much. */
const maxBytes = 8 * 1024;

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
    const strangers = Object.keys(output?.inputs ?? {}).filter(
      (input) => input !== '<stdin>' && !input.startsWith('node_modules/@dwcp/core/'),
    );
    failIfAny(strangers.map((input) => `a bundle of isErrorCode contains ${input}`));
    const sizeBytes = output?.bytes ?? 0;
    if (sizeBytes > maxBytes)
      throw new CheckFailure(`${sizeBytes} bytes; ${maxBytes} is the limit`);
    return `isErrorCode alone takes ${sizeBytes} bytes`;
  },
};
