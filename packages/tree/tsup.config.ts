import { defineConfig } from 'tsup';
import { build } from '../../tsup.config.base.ts';

export default defineConfig({
  ...build,
  entry: { index: 'src/index.ts', worker: 'src/disk/worker.ts' },
});
