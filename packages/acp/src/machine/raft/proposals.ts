/** Proposals at a leader, and the checks on membership changes among them. */
import { decodeConfChange } from './conf-change-codec.ts';
import type { ConfChange } from './conf-change.ts';
import { isConfChange, leaveJointData } from './conf-change.ts';
import type { Core } from './core.ts';
import { describeConfChange, describeConfig, name } from './describe.ts';
import { isJoint } from './membership.ts';
import type { Refusal } from './refusal.ts';
import { broadcastAppend } from './replication.ts';
import type { Entry } from './types.ts';
import { makeEntry, noData, noNode } from './types.ts';

/** A leader takes proposals: appends them and sends them on at once. */
export function proposeAsLeader(core: Core, proposals: readonly Entry[]): Refusal | undefined {
  if (core.own === undefined) return 'not-member';
  if (core.transferee !== noNode) {
    core.logger?.log(
      'debug',
      `${name(core.id)} [term ${core.term}] transfer leadership to ${name(core.transferee)} ` +
        'is in progress; dropping proposal',
    );
    return 'transferring';
  }
  const pendingBefore = core.pendingConfIndex;
  const entries = proposals.some(isConfChange) ? checked(core, proposals) : proposals;
  if (!core.appendOwn(entries)) {
    core.pendingConfIndex = pendingBefore;
    return 'uncommitted-full';
  }
  broadcastAppend(core);
  return undefined;
}

/**
 * The state machine has applied up to `index`. A leader that finds itself in a joint configuration
 * that ends by itself proposes its end; refused now, it tries again with the next applied entry.
 */
export function appliedTo(core: Core, index: number, bytes: number): void {
  const applied = Math.max(index, core.log.applied);
  core.log.appliedTo(applied, bytes);
  const { config } = core.tracker;
  if (!config.autoLeave || applied < core.pendingConfIndex || core.role !== 'leader') return;
  const refusal = proposeAsLeader(core, [makeEntry('conf-change-v2', 0, 0, leaveJointData)]);
  const text = `initiating automatic transition out of joint configuration ${describeConfig(config)}`;
  if (refusal === undefined) core.logger?.log('info', text);
  else core.logger?.log('debug', `not ${text}: raft proposal dropped`);
}

/** The proposals, with changes that do not fit replaced by empty entries. */
function checked(core: Core, proposals: readonly Entry[]): Entry[] {
  return proposals.map((entry, at) => {
    if (!isConfChange(entry)) return entry;
    const change = decodeConfChange(entry);
    const reason = misfit(core, change);
    if (reason === undefined || !core.settings.validateConfChanges) {
      core.pendingConfIndex = core.log.lastIndex + at + 1;
      return entry;
    }
    core.logger?.log(
      'info',
      `${name(core.id)} ignoring conf change ${describeConfChange(change)} at config ` +
        `${describeConfig(core.tracker.config)}: ${reason}`,
    );
    return makeEntry('normal', 0, 0, noData);
  });
}

/** Why a change does not fit; undefined when it does. One change at a time (Raft thesis, §4.1). */
function misfit({ pendingConfIndex, log, tracker }: Core, change: ConfChange): string | undefined {
  if (pendingConfIndex > log.applied) {
    return `possible unapplied conf change at index ${pendingConfIndex} (applied to ${log.applied})`;
  }
  const leaves = (change.changes ?? []).length === 0;
  const joint = isJoint(tracker.config);
  if (joint && !leaves) return 'must transition out of joint config first';
  if (!joint && leaves) return 'not in joint state; refusing empty conf change';
  return undefined;
}
