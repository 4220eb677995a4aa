import type { Options } from 'tsup';

/** JavaScript only: `tsc -b` writes the declarations, ten times faster than tsup's own. */
export const build: Options = {
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'es2022',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  // The compiler's note of what it wrote goes with what it wrote.
  clean: ['.tsbuildinfo'],
  dts: false,
};
