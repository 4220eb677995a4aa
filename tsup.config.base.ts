import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Keeps one file per module, so that `sideEffects: false` lets a bundler drop each module alone and
 * a worker finds its file beside its caller, in `dist` as in `src`.
 */
const oneFilePerModule: Plugin = {
  name: 'one-file-per-module',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/\.ts$/, '.js'), external: true },
    );
  },
};

/** JavaScript only: `tsc -b` writes the declarations, ten times faster than tsup's own. */
export const build: Options = {
  entry: ['src/**/*.ts'],
  format: ['esm'],
  target: 'es2022',
  platform: 'node',
  sourcemap: true,
  // The compiler's note of what it wrote goes with what it wrote.
  clean: ['.tsbuildinfo'],
  dts: false,
  esbuildPlugins: [oneFilePerModule],
};
