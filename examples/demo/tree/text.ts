/** Text that looks like a log: repetitive, but never the same. */
import type { Random } from '@dwcp/core';

const words =
  'accept allow append assign batch block branch buffer cache chunk close commit compare connect count create decode delta deliver encode enqueue expect fetch filter flush frame guard handle import index insert join layer limit listen manifest match merge notice offset order packet parse path place plan queue read rename render replace request resolve resume retry round scan schedule send serve session shard split stage stream sync table token trace transfer tree update verify wait window write'.split(
    ' ',
  );
const levels = ['debug', 'info', 'info', 'info', 'warn', 'error'];

/** `count` lines, each ended by a line feed. */
export function textLines(random: Random, count: number): string {
  let text = '';
  for (let line = 0; line < count; line += 1) text += textLine(random);
  return text;
}

function textLine(random: Random): string {
  const seconds = random.integer(86_400);
  const id = random.integer(2 ** 32).toString(16);
  return `${seconds}.${random.integer(1000)} ${pick(levels, random)} ${pick(words, random)}-${pick(words, random)} ${pick(words, random)} id=${id} bytes=${random.integer(2 ** 20)}\n`;
}

function pick(from: readonly string[], random: Random): string {
  return from[random.integer(from.length)] ?? '';
}
