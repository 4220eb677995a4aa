/** The declarations that users get, read by the compilers that users have. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Step } from '../step.ts';
import { executeNode, inParallel } from '../step.ts';
import type { Host } from './host.ts';
import { host } from './host.ts';

const compilers = ['typescript59', 'typescript60', 'typescript70'];

const configurations = [
  { module: 'nodenext', moduleResolution: 'nodenext', include: ['*.ts', '*.cts', 'fences'] },
  { module: 'esnext', moduleResolution: 'bundler', include: ['*.ts', 'fences'] },
];

/** The check: all packages and all fences of the documentation, with `skipLibCheck` off. */
export const types: Step = {
  name: 'host-types',
  about: 'types of the packed packages with TypeScript 5.9, 6.0 and 7.0',
  async run(workshop) {
    const application = await host(workshop);
    writeProgram(application);
    const runs = compilers.flatMap((compiler) =>
      configurations.map(({ moduleResolution }) => ({ compiler, moduleResolution })),
    );
    await inParallel(runs, ({ compiler, moduleResolution }) => {
      const tsc = path.join(application.tools, compiler, 'bin/tsc');
      return executeNode([tsc, '-p', `tsconfig.${moduleResolution}.json`], application.folder);
    });
  },
};

function writeProgram({ folder, tarballs }: Host): void {
  const names = tarballs.map(({ manifest }) => manifest.name);
  const importLines = names.map((name, index) => `import * as p${index} from '${name}';`);
  const list = `export const all: object[] = [${names.map((_, index) => `p${index}`).join(', ')}];`;
  const program = [...importLines, list].join('\n');
  writeFileSync(path.join(folder, 'module.ts'), program);
  writeFileSync(path.join(folder, 'common.cts'), program);
  for (const { include, ...resolution } of configurations) {
    const config = {
      include,
      compilerOptions: {
        ...resolution,
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        allowImportingTsExtensions: true,
      },
    };
    const file = path.join(folder, `tsconfig.${resolution.moduleResolution}.json`);
    writeFileSync(file, JSON.stringify(config));
  }
}
