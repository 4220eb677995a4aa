/**
 * Decisions by majority, and by two majorities at once while a configuration is joint (Raft thesis,
 * §4.3).
 */
import type { NodeId } from './types.ts';

/** How an election stands. */
export type VoteResult = 'pending' | 'won' | 'lost';

/**
 * The highest index that a majority has reached, given what each voter has. Sorts `acked`, one
 * number for each voter. Without voters everything is agreed: a joint decision then depends on the
 * other half alone.
 */
export function majorityIndex(acked: number[]): number {
  const { length } = acked;
  if (length === 0) return Infinity;
  // Insertion sort: there are rarely more than five voters, and the order seldom changes.
  for (let at = 1; at < length; at += 1) {
    const value = acked[at] ?? 0;
    let hole = at;
    for (; hole > 0 && (acked[hole - 1] ?? 0) > value; hole -= 1)
      acked[hole] = acked[hole - 1] ?? 0;
    acked[hole] = value;
  }
  return acked[length - (Math.floor(length / 2) + 1)] ?? 0;
}

/** The highest index on which the voters agree; `acked` tells what one of them has. */
export function committedIndex(
  voters: Iterable<NodeId>,
  acked: (id: NodeId) => number | undefined,
): number {
  return majorityIndex(Array.from(voters, (id) => acked(id) ?? 0));
}

/** The highest index on which both halves of a joint configuration agree. */
export function jointIndex(
  incoming: Iterable<NodeId>,
  outgoing: Iterable<NodeId>,
  acked: (id: NodeId) => number | undefined,
): number {
  return Math.min(committedIndex(incoming, acked), committedIndex(outgoing, acked));
}

/** How an election among `voters` stands; without voters it is won. */
export function voteResult(
  voters: ReadonlySet<NodeId>,
  votes: ReadonlyMap<NodeId, boolean>,
): VoteResult {
  if (voters.size === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing += 1;
    else if (vote) granted += 1;
  }
  const quorum = Math.floor(voters.size / 2) + 1;
  if (granted >= quorum) return 'won';
  return granted + missing >= quorum ? 'pending' : 'lost';
}

/** How an election stands that both halves of a joint configuration must agree to. */
export function jointVoteResult(
  incoming: ReadonlySet<NodeId>,
  outgoing: ReadonlySet<NodeId>,
  votes: ReadonlyMap<NodeId, boolean>,
): VoteResult {
  const one = voteResult(incoming, votes);
  const other = voteResult(outgoing, votes);
  if (one === other) return one;
  return one === 'lost' || other === 'lost' ? 'lost' : 'pending';
}
