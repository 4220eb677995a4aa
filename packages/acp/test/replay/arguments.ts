/** Arguments of commands as numbers, booleans and options of nodes. */
import type { Snapshot } from '@dwcp/acp';
import { emptyConfState, noData } from '../../src/machine/raft/types.ts';
import type { MemberOptions } from './member.ts';
import type { Argument } from './script.ts';
import { ScriptError } from './script.ts';

/** A whole number. */
export function numberOf(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) throw new ScriptError(`"${text}" is no number`);
  return Number(text);
}

/** A boolean. */
export function booleanOf(text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new ScriptError(`"${text}" is no boolean`);
}

/** The values of one argument; none when it is not there. */
export function valuesOf(args: readonly Argument[], key: string): readonly string[] {
  return args.filter((arg) => arg.key === key).flatMap(({ values }) => values);
}

/** The arguments without values, as numbers of nodes. */
export function nodeIds(args: readonly Argument[]): number[] {
  return args.filter(({ values }) => values.length === 0).map(({ key }) => numberOf(key));
}

/** The options of the nodes that `add-nodes` makes, as etcd's tests have them without arguments. */
const defaults: MemberOptions = {
  electionTicks: 3,
  heartbeatTicks: 1,
  maxMessageBytes: Infinity,
  maxUncommittedBytes: Infinity,
  maxInflightMessages: 2 ** 31 - 1,
  checkQuorum: false,
  preVote: false,
  stepDownOnRemoval: false,
};

const options: Readonly<Record<string, (value: string) => MemberOptions>> = {
  inflight: (value) => ({ maxInflightMessages: numberOf(value) }),
  'max-inflight-bytes': (value) => ({ maxInflightBytes: numberOf(value) }),
  'max-size-per-msg': (value) => ({ maxMessageBytes: numberOf(value) }),
  'max-uncommitted-size': (value) => ({ maxUncommittedBytes: numberOf(value) }),
  'max-committed-size-per-ready': (value) => ({ maxApplyingBytes: numberOf(value) }),
  'election-tick': (value) => ({ electionTicks: numberOf(value) }),
  'heartbeat-tick': (value) => ({ heartbeatTicks: numberOf(value) }),
  'async-storage-writes': (value) => ({ asyncStorageWrites: booleanOf(value) }),
  prevote: (value) => ({ preVote: booleanOf(value) }),
  checkquorum: (value) => ({ checkQuorum: booleanOf(value) }),
  'step-down-on-removal': (value) => ({ stepDownOnRemoval: booleanOf(value) }),
  'disable-conf-change-validation': (value) => ({ validateConfChanges: !booleanOf(value) }),
  'disable-proposal-forwarding': (value) => ({ forwardProposals: !booleanOf(value) }),
  'read-only'(value) {
    if (value === 'safe') return { reads: 'safe' };
    if (value === 'lease-based') return { reads: 'lease' };
    throw new ScriptError(`invalid read-only option "${value}"`);
  },
};

const ofSnapshot = new Set(['voters', 'learners', 'index', 'content']);

/** What `add-nodes` shall make. */
export function parseNodes(args: readonly Argument[]): {
  options: MemberOptions;
  snapshot: Snapshot | undefined;
} {
  let chosen: MemberOptions = defaults;
  for (const { key, values } of args) {
    if (ofSnapshot.has(key)) continue;
    const option = options[key];
    if (option === undefined) throw new ScriptError(`add-nodes does not know ${key}`);
    for (const value of values) chosen = { ...chosen, ...option(value) };
  }
  const snapshot = parseSnapshot(args);
  return { options: { ...chosen, applied: snapshot?.index ?? 0 }, snapshot };
}

function parseSnapshot(args: readonly Argument[]): Snapshot | undefined {
  if (!args.some(({ key }) => ofSnapshot.has(key))) return undefined;
  const index = Number(valuesOf(args, 'index').at(-1) ?? 0);
  if (index <= 1) throw new ScriptError('index must be specified as > 1 due to bootstrap');
  const confState = {
    ...emptyConfState,
    voters: valuesOf(args, 'voters').map(numberOf),
    learners: valuesOf(args, 'learners').map(numberOf),
  };
  const content = valuesOf(args, 'content').at(-1);
  const data = content === undefined ? noData : Buffer.from(content);
  return { index, term: 1, confState, data };
}
