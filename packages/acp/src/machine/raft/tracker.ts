/** The membership a node acts on, in the forms that the hot paths need. */
import type { Config, Membership } from './membership.ts';
import { emptyMembership } from './membership.ts';
import type { Progress } from './progress.ts';
import type { VoteResult } from './quorum.ts';
import { jointVoteResult, majorityIndex } from './quorum.ts';
import type { NodeId } from './types.ts';

/** Followers, votes and what a majority has. */
export class Tracker {
  /** All nodes in ascending order. Replaced, never changed, by {@link use}. */
  all: readonly Progress[] = [];
  #membership: Membership = emptyMembership;
  #incoming: readonly Progress[] = [];
  #outgoing: readonly Progress[] = [];
  #votes = new Map<NodeId, boolean>();

  /** The configuration in force. */
  get config(): Config {
    return this.#membership.config;
  }

  /** The configuration in force with the progress of its nodes. */
  get membership(): Membership {
    return this.#membership;
  }

  /** Acts on another membership from now on. */
  use(membership: Membership): void {
    const { config, progress } = membership;
    this.#membership = membership;
    this.all = Array.from(progress.values()).toSorted((one, other) => one.id - other.id);
    this.#incoming = this.all.filter(({ id }) => config.incoming.has(id));
    this.#outgoing = this.all.filter(({ id }) => config.outgoing.has(id));
  }

  /** What is known of a node; undefined when it is no member. */
  get(id: NodeId): Progress | undefined {
    return this.#membership.progress.get(id);
  }

  /** Whether a node votes in either half. */
  isVoter(id: NodeId): boolean {
    return this.config.incoming.has(id) || this.config.outgoing.has(id);
  }

  /** All voters in ascending order. */
  voters(): readonly Progress[] {
    return this.all.filter(({ id }) => this.isVoter(id));
  }

  /** True when one voter decides alone. */
  get isSingleton(): boolean {
    return this.config.incoming.size === 1 && this.config.outgoing.size === 0;
  }

  /** The highest index that a quorum of voters has. */
  committed(): number {
    const incoming = majorityIndex(this.#incoming.map(matchOf));
    if (this.#outgoing.length === 0) return incoming;
    return Math.min(incoming, majorityIndex(this.#outgoing.map(matchOf)));
  }

  /** Whether a quorum of voters was heard of lately. */
  quorumActive(): boolean {
    const active = new Map<NodeId, boolean>();
    for (const { id, isLearner, recentActive } of this.all) {
      if (!isLearner) active.set(id, recentActive);
    }
    return jointVoteResult(this.config.incoming, this.config.outgoing, active) === 'won';
  }

  /** Forgets all votes. */
  resetVotes(): void {
    this.#votes = new Map();
  }

  /** Notes a vote; a node's first vote of an election counts. */
  recordVote(id: NodeId, granted: boolean): void {
    if (!this.#votes.has(id)) this.#votes.set(id, granted);
  }

  /** Whether a node's vote has been noted. */
  hasVoted(id: NodeId): boolean {
    return this.#votes.has(id);
  }

  /** Counts the votes. */
  tally(): { granted: number; rejected: number; result: VoteResult } {
    let granted = 0;
    let rejected = 0;
    for (const { id, isLearner } of this.all) {
      const vote = isLearner ? undefined : this.#votes.get(id);
      if (vote === true) granted += 1;
      else if (vote === false) rejected += 1;
    }
    const { incoming, outgoing } = this.config;
    return { granted, rejected, result: jointVoteResult(incoming, outgoing, this.#votes) };
  }
}

function matchOf({ match }: Progress): number {
  return match;
}
