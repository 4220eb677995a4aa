/** The code of the documentation works with what users install. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { Step } from '../step.ts';
import { executeNode, inParallel } from '../step.ts';
import { host } from './host.ts';

/** Executes every TypeScript fence in the host application, against the packed packages. */
export const fences: Step = {
  name: 'fences',
  about: 'the code of the documentation, executed with the packed packages',
  async run(workshop) {
    const application = await host(workshop);
    const modules = [...application.fences].filter(([, { runs }]) => runs);
    await inParallel(modules, async ([module]) => {
      const workingFolder = mkdtempSync(path.join(workshop.folder, 'fence-'));
      await executeNode(['--disable-warning=ExperimentalWarning', module], workingFolder);
    });
    return `${modules.length} fences`;
  },
};
