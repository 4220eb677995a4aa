import { defineConfig } from 'tsup';
import { build } from '../../tsup.config.base.ts';

/** Few files instead of one per module: nobody bundles the command, and it starts sooner. */
export default defineConfig({
  ...build,
  entry: ['src/index.ts', 'src/main.ts'],
  esbuildPlugins: [],
});
