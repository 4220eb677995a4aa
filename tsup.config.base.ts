import type { Options } from 'tsup';

/** JavaScript only: `tsc -b` writes the declarations, ten times faster than tsup's own. */
export const build: Options = {
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'es2022',
  platform: 'node',
  sourcemap: true,
  clean: true,
  dts: false,
};
