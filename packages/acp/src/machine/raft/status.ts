/** A look into a node, for people and tests. */
import { confStateOf } from './conf-state.ts';
import type { Core } from './core.ts';
import { describeProgress } from './describe.ts';
import type { ProgressState } from './progress.ts';
import type { ConfState, HardState, NodeId, SoftState } from './types.ts';

/** What a leader knows of a node. */
export interface ProgressStatus {
  /** The node. */
  readonly id: NodeId;
  /** How the leader sends to it. */
  readonly state: ProgressState;
  /** Its log agrees with the leader's up to here. */
  readonly match: number;
  /** The next entry to send. */
  readonly next: number;
  /** Whether it has no vote. */
  readonly isLearner: boolean;
  /** Whether nothing is sent until it answers. */
  readonly isPaused: boolean;
  /** Whether it was heard of since the last check of the quorum. */
  readonly recentActive: boolean;
  /** Append messages on their way. */
  readonly inflightMessages: number;
  /** All of it in one line, as log lines show it. */
  readonly text: string;
}

/** The state of a node. */
export interface RaftStatus extends HardState, SoftState {
  /** The node. */
  readonly id: NodeId;
  /** The last applied index. */
  readonly applied: number;
  /** The first index of the log. */
  readonly firstIndex: number;
  /** The last index of the log. */
  readonly lastIndex: number;
  /** The configuration in force: the last one that was applied. */
  readonly confState: ConfState;
  /** The node that leadership is being handed to, else 0. */
  readonly transferee: NodeId;
  /** What a leader knows of every member, itself included; empty on other nodes. */
  readonly progress: readonly ProgressStatus[];
}

/** The state of a node. */
export function statusOf(core: Core): RaftStatus {
  return {
    id: core.id,
    ...core.hardState,
    ...core.softState,
    applied: core.log.applied,
    firstIndex: core.log.firstIndex,
    lastIndex: core.log.lastIndex,
    confState: confStateOf(core.tracker.config),
    transferee: core.transferee,
    progress: core.role === 'leader' ? progressOf(core) : [],
  };
}

function progressOf(core: Core): ProgressStatus[] {
  return core.tracker.all.map((progress) => ({
    id: progress.id,
    state: progress.state,
    match: progress.match,
    next: progress.next,
    isLearner: progress.isLearner,
    isPaused: progress.isPaused,
    recentActive: progress.recentActive,
    inflightMessages: progress.inflights.count,
    text: describeProgress(progress),
  }));
}
