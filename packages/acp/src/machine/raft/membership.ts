/**
 * Memberships and how one becomes the next: simple changes of one voter (Raft thesis, §4.1) and
 * joint ones of any number (§4.3). Pure: the old membership stays as it is, also on failure.
 */
import { DwcpError } from '@dwcp/core';
import type { ConfChange, ConfChangeStep } from './conf-change.ts';
import { entersJoint, leavesJoint } from './conf-change.ts';
import { Inflights } from './inflights.ts';
import { Progress } from './progress.ts';
import type { NodeId } from './types.ts';

/** Who has a say and who listens. */
export interface Config {
  /** Voters of the current configuration; of the incoming one when joint. */
  readonly incoming: ReadonlySet<NodeId>;
  /** Voters of the outgoing configuration when joint, else empty. */
  readonly outgoing: ReadonlySet<NodeId>;
  /** Nodes without a vote. No voter of either half is among them. */
  readonly learners: ReadonlySet<NodeId>;
  /** Outgoing voters that become learners when the joint configuration is left. */
  readonly learnersNext: ReadonlySet<NodeId>;
  /** Whether the leader leaves the joint configuration by itself. */
  readonly autoLeave: boolean;
}

/** A configuration with what is known of each of its nodes. */
export interface Membership {
  /** The configuration. */
  readonly config: Config;
  /** One for every voter and learner. */
  readonly progress: ReadonlyMap<NodeId, Progress>;
}

/** What a new follower starts with. */
export interface NewcomerOptions {
  /** The leader's last index, from which a new follower is probed. */
  readonly lastIndex: number;
  /** Bound of its window in messages. */
  readonly maxInflightMessages: number;
  /** Bound of its window in bytes. */
  readonly maxInflightBytes: number;
}

/** Nobody. */
export const emptyMembership: Membership = {
  config: {
    incoming: new Set(),
    outgoing: new Set(),
    learners: new Set(),
    learnersNext: new Set(),
    autoLeave: false,
  },
  progress: new Map(),
};

/** True while two configurations decide together. */
export function isJoint(config: Config): boolean {
  return config.outgoing.size > 0;
}

/**
 * The membership after `change`.
 *
 * @throws `ERR_DWCP_INVALID_STATE` when the change does not fit the membership it is applied to.
 */
export function applyChange(
  membership: Membership,
  change: ConfChange,
  options: NewcomerOptions,
): Membership {
  if (leavesJoint(change)) return leaveJoint(membership);
  const { joint, autoLeave } = entersJoint(change);
  const { changes = [] } = change;
  if (joint) return enterJoint(membership, changes, autoLeave, options);
  return changeSimply(membership, changes, options);
}

/** Changes at most one voter, and any number of learners. */
export function changeSimply(
  membership: Membership,
  steps: readonly ConfChangeStep[],
  options: NewcomerOptions,
): Membership {
  if (isJoint(membership.config)) throw unfit("can't apply simple config change in joint config");
  const next = new Change(membership, options);
  next.apply(steps);
  if (differences(membership.config.incoming, next.incoming) > 1) {
    throw unfit('more than one voter changed without entering joint config');
  }
  return next.finish(false);
}

/** Keeps the old voters as the outgoing half and applies the steps to the incoming one. */
export function enterJoint(
  membership: Membership,
  steps: readonly ConfChangeStep[],
  autoLeave: boolean,
  options: NewcomerOptions,
): Membership {
  if (isJoint(membership.config)) throw unfit('config is already joint');
  if (membership.config.incoming.size === 0) throw unfit("can't make a zero-voter config joint");
  const next = new Change(membership, options);
  next.outgoing = new Set(next.incoming);
  next.apply(steps);
  return next.finish(autoLeave);
}

/** Drops the outgoing half; staged learners become learners. */
export function leaveJoint(membership: Membership): Membership {
  if (!isJoint(membership.config)) throw unfit("can't leave a non-joint config");
  const next = new Change(membership, {
    lastIndex: 0,
    maxInflightMessages: 1,
    maxInflightBytes: 1,
  });
  next.leaveJoint();
  return next.finish(false);
}

/** A membership that is being worked out, on copies. */
class Change {
  incoming: Set<NodeId>;
  outgoing: Set<NodeId>;
  #learners: Set<NodeId>;
  #learnersNext: Set<NodeId>;
  readonly #progress: Map<NodeId, Progress>;
  readonly #options: NewcomerOptions;

  constructor({ config, progress }: Membership, options: NewcomerOptions) {
    this.incoming = new Set(config.incoming);
    this.outgoing = new Set(config.outgoing);
    this.#learners = new Set(config.learners);
    this.#learnersNext = new Set(config.learnersNext);
    this.#progress = new Map(Array.from(progress, ([id, known]) => [id, known.clone()]));
    this.#options = options;
  }

  apply(steps: readonly ConfChangeStep[]): void {
    for (const { type, nodeId } of steps) {
      // An application that rejects a committed step applies it with node 0 instead.
      if (nodeId === 0) continue;
      if (type === 'add-voter') this.#makeVoter(nodeId);
      else if (type === 'add-learner') this.#makeLearner(nodeId);
      else if (type === 'remove') this.#remove(nodeId);
    }
    if (this.incoming.size === 0) throw unfit('removed all voters');
  }

  leaveJoint(): void {
    for (const id of this.#learnersNext) {
      this.#learners.add(id);
      const known = this.#progress.get(id);
      if (known !== undefined) known.isLearner = true;
    }
    this.#learnersNext = new Set();
    for (const id of this.outgoing) {
      if (!this.incoming.has(id) && !this.#learners.has(id)) this.#progress.delete(id);
    }
    this.outgoing = new Set();
  }

  finish(autoLeave: boolean): Membership {
    const config: Config = {
      incoming: this.incoming,
      outgoing: this.outgoing,
      learners: this.#learners,
      learnersNext: this.#learnersNext,
      autoLeave,
    };
    return { config, progress: this.#progress };
  }

  #makeVoter(id: NodeId): void {
    const known = this.#progress.get(id);
    this.incoming.add(id);
    if (known === undefined) {
      this.#add(id, false);
      return;
    }
    known.isLearner = false;
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
  }

  #makeLearner(id: NodeId): void {
    const known = this.#progress.get(id);
    if (known === undefined) {
      this.#learners.add(id);
      this.#add(id, true);
      return;
    }
    if (known.isLearner) return;
    this.#remove(id);
    this.#progress.set(id, known);
    // A voter of the outgoing half cannot be a learner yet: it waits until that half is dropped.
    if (this.outgoing.has(id)) {
      this.#learnersNext.add(id);
    } else {
      known.isLearner = true;
      this.#learners.add(id);
    }
  }

  #remove(id: NodeId): void {
    if (!this.#progress.has(id)) return;
    this.incoming.delete(id);
    this.#learners.delete(id);
    this.#learnersNext.delete(id);
    // The outgoing half still counts it.
    if (!this.outgoing.has(id)) this.#progress.delete(id);
  }

  #add(id: NodeId, isLearner: boolean): void {
    const { lastIndex, maxInflightMessages, maxInflightBytes } = this.#options;
    const window = new Inflights(maxInflightMessages, maxInflightBytes);
    const newcomer = new Progress(id, Math.max(lastIndex, 1), isLearner, window);
    // Else the next check of the quorum could count it as lost before it had a chance to answer.
    newcomer.recentActive = true;
    this.#progress.set(id, newcomer);
  }
}

function differences(one: ReadonlySet<NodeId>, other: ReadonlySet<NodeId>): number {
  let count = 0;
  for (const id of one) if (!other.has(id)) count += 1;
  for (const id of other) if (!one.has(id)) count += 1;
  return count;
}

function unfit(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_STATE', message);
}
