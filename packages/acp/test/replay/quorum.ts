/** The commands of etcd's quorum scripts: `committed` and `vote`. */
import {
  committedIndex,
  jointIndex,
  jointVoteResult,
  voteResult,
} from '../../src/machine/raft/quorum.ts';
import { numberOf, valuesOf } from './arguments.ts';
import type { Argument, Directive } from './script.ts';
import { ScriptError } from './script.ts';

const resultNames = { pending: 'VotePending', won: 'VoteWon', lost: 'VoteLost' } as const;

interface Quorum {
  readonly incoming: ReadonlySet<number>;
  readonly outgoing: ReadonlySet<number>;
  /** Whether the script asks about a joint quorum. */
  readonly joint: boolean;
}

/** Executes a directive. */
export function quorumScript(): (directive: Directive) => string {
  return ({ name, args }) => {
    if (name !== 'committed' && name !== 'vote') throw new ScriptError(`unknown command: ${name}`);
    const quorum = quorumOf(args);
    const values = valuesOf(args, name === 'committed' ? 'idx' : 'votes');
    const ids = [...new Set([...quorum.incoming, ...quorum.outgoing])];
    if (ids.length !== values.length) {
      return `error: mismatched input (explicit or _) for voters [${ids}]: [${values}]`;
    }
    const given = ids.map((id, at): [number, string] => [id, values[at] ?? '_']);
    const known = new Map(given.filter(([, value]) => value !== '_'));
    return name === 'committed' ? committed(quorum, known) : vote(quorum, known);
  };
}

function quorumOf(args: readonly Argument[]): Quorum {
  const outgoing = valuesOf(args, 'cfgj');
  return {
    incoming: new Set(valuesOf(args, 'cfg').map(numberOf)),
    outgoing: new Set(outgoing[0] === 'zero' ? [] : outgoing.map(numberOf)),
    joint: outgoing.length > 0,
  };
}

function committed({ incoming, outgoing, joint }: Quorum, known: Map<number, string>): string {
  const indexes = new Map(Array.from(known, ([id, value]) => [id, numberOf(value)]));
  const acked = (id: number) => indexes.get(id);
  const all = [...new Set([...incoming, ...outgoing])].toSorted((a, b) => a - b);
  let text = describe(all, indexes);
  const say = (index: number) => (index === Infinity ? '∞' : String(index));
  const index = joint ? jointIndex(incoming, outgoing, acked) : committedIndex(incoming, acked);
  // What must give the same result; a difference would show in the output.
  const others = joint
    ? [['symmetry', jointIndex(outgoing, incoming, acked)] as const]
    : [
        ['zero-joint quorum', jointIndex(incoming, [], acked)] as const,
        ['self-joint quorum', jointIndex(incoming, incoming, acked)] as const,
      ];
  for (const [how, other] of others) {
    if (other !== index) text += `${say(other)} <-- via ${how}\n`;
  }
  return `${text}${say(index)}\n`;
}

function vote({ incoming, outgoing, joint }: Quorum, known: Map<number, string>): string {
  const votes = new Map(Array.from(known, ([id, value]) => [id, value === 'y']));
  if (!joint) return resultNames[voteResult(incoming, votes)];
  const result = jointVoteResult(incoming, outgoing, votes);
  const other = jointVoteResult(outgoing, incoming, votes);
  const asymmetry = other === result ? '' : `${resultNames[other]} <-- via symmetry\n`;
  return `${asymmetry}${resultNames[result]}`;
}

/** Bars as long as the number of voters that have less. */
function describe(ids: readonly number[], indexes: ReadonlyMap<number, number>): string {
  if (ids.length === 0) return '<empty majority quorum>';
  const width = ids.length;
  const indexOf = (id: number) => indexes.get(id) ?? 0;
  const ranked = ids.toSorted((one, other) => indexOf(one) - indexOf(other) || one - other);
  const bars = new Map<number, number>();
  for (const [rank, id] of ranked.entries()) {
    const before = ranked[rank - 1] ?? id;
    bars.set(id, indexOf(before) < indexOf(id) ? rank : (bars.get(before) ?? 0));
  }
  const lines = ids.map((id) => {
    const bar = bars.get(id) ?? 0;
    const head = indexes.has(id)
      ? `${'x'.repeat(bar)}>${' '.repeat(width - bar)}`
      : `?${' '.repeat(width)}`;
    return `${head} ${String(indexOf(id)).padStart(5)}    (id=${id})\n`;
  });
  return `${' '.repeat(width)}    idx\n${lines.join('')}`;
}
