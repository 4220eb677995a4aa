import { defineConfig } from 'tsup';
import { build } from '../../tsup.config.base.ts';

// A file of its own for what imports a library, and for what that shares with the rest: so a bundler
// can leave out both (`npm run check -- bundles`).
export default defineConfig({
  ...build,
  entry: {
    index: 'src/index.ts',
    control: 'src/control/control.ts',
    errors: 'src/errors.ts',
    events: 'src/events.ts',
  },
});
