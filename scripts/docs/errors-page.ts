/** The page `docs/errors.md`, made of the error table of `@dwcp/core`. */
import { errorTable } from '../../packages/core/src/errors.ts';
import type { ErrorEntry } from '../../packages/core/src/errors.ts';

const head = `# Errors

<!-- Made by scripts/docs/errors.ts from packages/core/src/errors.ts; change the table there. -->

Every error that a DWCP package throws on purpose is a \`DwcpError\` with a stable \`code\`. Match on the
code, never on \`instanceof\` or the message: two copies of \`@dwcp/core\` may be loaded, and messages
change.

\`\`\`ts
import { DwcpError, isDwcpError } from '@dwcp/core';

function shouldTryAgain(error: unknown): boolean {
  return isDwcpError(error) && error.retryable;
}

shouldTryAgain(new DwcpError('ERR_DWCP_TIMEOUT', 'no answer within 5s')); // => true
shouldTryAgain(new Error('something else')); // => false
\`\`\`

\`retryable\` is true when the same call may succeed later without a change by the caller. \`cause\` holds
the error behind it, where there is one.
`;

/** The text of the page. */
export function errorsPage(): string {
  const entries: readonly (readonly [string, ErrorEntry])[] = Object.entries(errorTable);
  const rows = entries.map(
    ([code, { retryable }]) =>
      `| [\`${code}\`](#${code.toLowerCase()}) | ${retryable ? 'yes' : 'no'} |`,
  );
  const sections = entries.map(
    ([code, { meaning, remedy }]) => `## ${code}\n\n${meaning}\n\n**What to do:** ${remedy}\n`,
  );
  return [
    head,
    ['| code | retryable |', '| --- | --- |', ...rows, ''].join('\n'),
    ...sections,
  ].join('\n');
}
