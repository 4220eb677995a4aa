/** Type-checking of fence modules, with messages that point at the page. */
import ts from 'typescript';
import type { Fence } from './fences.ts';
import { headerLines } from './module.ts';

/** Type errors by module path; a module without errors has no entry. */
export function checkTypes(
  fences: ReadonlyMap<string, Fence>,
  baseConfig: string,
): Map<string, string[]> {
  const config = ts.parseConfigFileTextToJson(baseConfig, ts.sys.readFile(baseConfig) ?? '');
  const { options } = ts.convertCompilerOptionsFromJson(config.config.compilerOptions, '.');
  const program = ts.createProgram([...fences.keys()], {
    ...options,
    noEmit: true,
    // A fence may show a value without using it.
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  const errors = new Map<string, string[]>();
  for (const [module, fence] of fences) {
    const source = program.getSourceFile(module);
    const messages = ts.getPreEmitDiagnostics(program, source).map((diagnostic) => {
      const at = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? headerLines;
      const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
      return `${fence.file}:${fence.line + at - headerLines}: ${message}`;
    });
    if (messages.length > 0) errors.set(module, messages);
  }
  return errors;
}
