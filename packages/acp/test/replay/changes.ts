/** Membership changes as scripts write them: `v1 l2 r3 u4`. */
import type { ConfChangeStep } from '@dwcp/acp';
import { ScriptError } from './script.ts';

const types = new Map<string, ConfChangeStep['type']>([
  ['v', 'add-voter'],
  ['l', 'add-learner'],
  ['r', 'remove'],
  ['u', 'update'],
]);

/** The steps in a text. */
export function parseSteps(text: string): ConfChangeStep[] {
  const tokens = text.trim().split(' ');
  if (tokens[0] === '') return [];
  return tokens.map((token) => {
    if (token.length < 2) throw new ScriptError(`unknown token ${token}`);
    const type = types.get(token.charAt(0));
    if (type === undefined) throw new ScriptError(`unknown input: ${token}`);
    if (!/^\d+$/.test(token.slice(1))) {
      throw new ScriptError(
        `strconv.ParseUint: parsing ${JSON.stringify(token.slice(1))}: invalid syntax`,
      );
    }
    return { type, nodeId: Number(token.slice(1)) };
  });
}
