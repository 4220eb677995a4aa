import { defineConfig } from 'tsup';
import { build } from '../../tsup.config.base.ts';

export default defineConfig({ ...build, entry: ['src/index.ts', 'src/main.ts'] });
