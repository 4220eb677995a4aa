/** Configurations as they are stored in snapshots, and back. */
import { DwcpError } from '@dwcp/core';
import type { ConfChangeStep, ConfChangeType } from './conf-change.ts';
import type { Config, Membership, NewcomerOptions } from './membership.ts';
import { changeSimply, emptyMembership, enterJoint } from './membership.ts';
import type { ConfState, NodeId } from './types.ts';

/** A configuration as it is stored. */
export function confStateOf(config: Config): ConfState {
  return {
    voters: sorted(config.incoming),
    votersOutgoing: sorted(config.outgoing),
    learners: sorted(config.learners),
    learnersNext: sorted(config.learnersNext),
    autoLeave: config.autoLeave,
  };
}

/**
 * The membership that a stored configuration describes: the changes that lead from nobody to it,
 * applied one after the other.
 *
 * @throws `ERR_DWCP_MALFORMED` when no changes lead to it, for example a learner that is a voter.
 */
export function restoreMembership(state: ConfState, options: NewcomerOptions): Membership {
  let membership: Membership;
  try {
    membership = restore(state, options);
  } catch (cause) {
    const message = `the configuration ${describeConfState(state)} is impossible`;
    throw new DwcpError('ERR_DWCP_MALFORMED', message, { cause });
  }
  if (describeConfState(confStateOf(membership.config)) !== describeConfState(state)) {
    const message = `the configuration ${describeConfState(state)} contradicts itself`;
    throw new DwcpError('ERR_DWCP_MALFORMED', message);
  }
  return membership;
}

/** A stored configuration for people. */
export function describeConfState(state: ConfState): string {
  const list = (ids: readonly NodeId[]) => `[${ids.toSorted(ascending).join(' ')}]`;
  return (
    `Voters:${list(state.voters)} VotersOutgoing:${list(state.votersOutgoing)} ` +
    `Learners:${list(state.learners)} LearnersNext:${list(state.learnersNext)} ` +
    `AutoLeave:${state.autoLeave}`
  );
}

/** The nodes in ascending order. */
export function sorted(ids: Iterable<NodeId>): NodeId[] {
  return Array.from(ids).toSorted(ascending);
}

function restore(state: ConfState, options: NewcomerOptions): Membership {
  const incoming = [
    ...steps('add-voter', state.voters),
    ...steps('add-learner', state.learners),
    ...steps('add-learner', state.learnersNext),
  ];
  if (state.votersOutgoing.length === 0) return oneByOne(incoming, options);
  // The outgoing voters come first, as the configuration that the joint one grew out of.
  const before = oneByOne(steps('add-voter', state.votersOutgoing), options);
  const change = [...steps('remove', state.votersOutgoing), ...incoming];
  return enterJoint(before, change, state.autoLeave, options);
}

function oneByOne(changes: readonly ConfChangeStep[], options: NewcomerOptions): Membership {
  let membership = emptyMembership;
  for (const step of changes) membership = changeSimply(membership, [step], options);
  return membership;
}

function steps(type: ConfChangeType, ids: readonly NodeId[]): ConfChangeStep[] {
  return ids.map((nodeId) => ({ type, nodeId }));
}

function ascending(one: number, other: number): number {
  return one - other;
}
