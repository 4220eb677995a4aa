/**
 * States for people. The wording is that of etcd's Raft, so that logs and the scripts of its test
 * suite can be compared line by line.
 */
import type { ConfChange } from './conf-change.ts';
import { sorted } from './conf-state.ts';
import type { Config } from './membership.ts';
import type { MessageType } from './message.ts';
import type { Progress } from './progress.ts';
import type { NodeId, Role } from './types.ts';

/** The states of a follower by their names in logs. */
const progressStateNames = {
  probe: 'StateProbe',
  replicate: 'StateReplicate',
  snapshot: 'StateSnapshot',
} as const;

/** The roles of a node by their names in logs. */
export const roleNames: Readonly<Record<Role, string>> = {
  follower: 'StateFollower',
  'pre-candidate': 'StatePreCandidate',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
};

const messageNames: Readonly<Record<MessageType, string>> = {
  append: 'MsgApp',
  'append-response': 'MsgAppResp',
  heartbeat: 'MsgHeartbeat',
  'heartbeat-response': 'MsgHeartbeatResp',
  propose: 'MsgProp',
  vote: 'MsgVote',
  'vote-response': 'MsgVoteResp',
  'pre-vote': 'MsgPreVote',
  'pre-vote-response': 'MsgPreVoteResp',
  snapshot: 'MsgSnap',
  'timeout-now': 'MsgTimeoutNow',
  'transfer-leader': 'MsgTransferLeader',
  'read-index': 'MsgReadIndex',
  'read-index-response': 'MsgReadIndexResp',
  'storage-append': 'MsgStorageAppend',
  'storage-append-response': 'MsgStorageAppendResp',
  'storage-apply': 'MsgStorageApply',
  'storage-apply-response': 'MsgStorageApplyResp',
};

/** A kind of message by its name in logs. */
export function logName(type: MessageType): string {
  return messageNames[type];
}

/** A node in a log line. */
export function name(id: NodeId): string {
  return id.toString(16);
}

/** A configuration, as `voters=(1 2 3)&&(1 2) learners=(4)`. */
export function describeConfig(config: Config): string {
  const set = (ids: ReadonlySet<NodeId>) => `(${sorted(ids).join(' ')})`;
  const { incoming, outgoing, learners, learnersNext, autoLeave } = config;
  return [
    `voters=${set(incoming)}${outgoing.size > 0 ? `&&${set(outgoing)}` : ''}`,
    ...(learners.size > 0 ? [`learners=${set(learners)}`] : []),
    ...(learnersNext.size > 0 ? [`learners_next=${set(learnersNext)}`] : []),
    ...(autoLeave ? ['autoleave'] : []),
  ].join(' ');
}

/** What is known of a follower, as `StateReplicate match=14 next=15 inflight=3[full]`. */
export function describeProgress(progress: Progress): string {
  const { inflights } = progress;
  return [
    `${progressStateNames[progress.state]} match=${progress.match} next=${progress.next}`,
    ...(progress.isLearner ? ['learner'] : []),
    ...(progress.isPaused ? ['paused'] : []),
    ...(progress.pendingSnapshot > 0 ? [`pendingSnap=${progress.pendingSnapshot}`] : []),
    ...(progress.recentActive ? [] : ['inactive']),
    ...(inflights.count > 0
      ? [`inflight=${inflights.count}${inflights.full ? '[full]' : ''}`]
      : []),
  ].join(' ');
}

const stepNames = {
  'add-voter': 'ConfChangeAddNode',
  remove: 'ConfChangeRemoveNode',
  update: 'ConfChangeUpdateNode',
  'add-learner': 'ConfChangeAddLearnerNode',
} as const;

const transitionNames = {
  auto: 'ConfChangeTransitionAuto',
  implicit: 'ConfChangeTransitionJointImplicit',
  explicit: 'ConfChangeTransitionJointExplicit',
} as const;

/** A membership change, as `{ConfChangeTransitionAuto [{ConfChangeAddNode 3}] []}`. */
export function describeConfChange(change: ConfChange): string {
  const { transition = 'auto', changes = [], context = [], singleStep = false } = change;
  const steps = changes.map(({ type, nodeId }) => `${stepNames[type]} ${nodeId}`);
  const bytes = `[${Array.from(context).join(' ')}]`;
  if (singleStep) return `{${steps.join('')} ${bytes} 0}`;
  return `{${transitionNames[transition]} [${steps.map((step) => `{${step}}`).join(' ')}] ${bytes}}`;
}
