/** The public interface of each package is written down; a change has to be made on purpose. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { root } from '../dev/toolchain.mjs';
import { buildPackages } from './build.ts';
import type { WorkspacePackage } from './packages.ts';
import { workspacePackages } from './packages.ts';
import type { Step, Workshop } from './step.ts';
import { failIfAny } from './step.ts';

const reportFolder = path.join(root, 'docs/api-reports');

/** Compares the built declarations with `docs/api-reports/`, or writes them there. */
export const api: Step = {
  name: 'api',
  about: 'public interfaces as in docs/api-reports; npm run check -- api --update writes them',
  async run(workshop) {
    await buildPackages();
    mkdirSync(reportFolder, { recursive: true });
    failIfAny(workspacePackages().flatMap((item) => compareReport(item, workshop)));
  },
};

function compareReport({ shortName, folder }: WorkspacePackage, workshop: Workshop): string[] {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: path.join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: path.join(folder, 'dist/index.d.ts'),
      compiler: { tsconfigFilePath: path.join(folder, 'tsconfig.json') },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName: `${shortName}.api.md`,
        reportFolder,
        reportTempFolder: path.join(workshop.folder, 'api-reports'),
      },
    },
  });
  const errors: string[] = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: workshop.update,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === 'error') errors.push(`${shortName}: ${message.text}`);
    },
  });
  if (apiReportChanged && !workshop.update) {
    errors.push(
      `the public interface of ${shortName} differs from docs/api-reports/${shortName}.api.md`,
    );
  }
  return errors;
}
