/** Checks the house rules and prints one line per violation. Run by `npm run lint`. */
import { root } from '../dev/toolchain.mjs';
import { readHouse } from './house.ts';
import { rules } from './rules/index.ts';

const house = readHouse(root);
const lines = Object.entries(rules).flatMap(([name, rule]) =>
  rule(house).map(({ file, line, message }) => `${file}:${line}: ${message} (${name})`),
);
for (const line of lines) console.error(line);
console.log(`house: ${house.sources.size} files, ${lines.length} violations`);
process.exitCode = lines.length > 0 ? 1 : 0;
