/** What a node does when a committed membership change is applied. */
import type { ConfChange } from './conf-change.ts';
import { confStateOf } from './conf-state.ts';
import type { Core } from './core.ts';
import { applyChange } from './membership.ts';
import { broadcastAppend, sendAppend, tryCommit } from './replication.ts';
import type { ConfState } from './types.ts';
import { noNode } from './types.ts';

/** Applies a change. `ERR_DWCP_INVALID_STATE` when it does not fit; nothing has changed then. */
export function reconfigure(core: Core, change: ConfChange): ConfState {
  core.useMembership(applyChange(core.tracker.membership, change, core.newcomers));
  const state = confStateOf(core.tracker.config);
  if (core.role !== 'leader') return state;
  const { own } = core;
  if (own === undefined || own.isLearner) {
    if (core.settings.stepDownOnRemoval) core.becomeFollower(core.term, noNode);
    return state;
  }
  // With other voters more may be committed; new followers need not wait for a heartbeat.
  if (tryCommit(core)) {
    broadcastAppend(core);
  } else {
    for (const progress of core.tracker.all) {
      if (progress.id !== core.id) sendAppend(core, progress, false);
    }
  }
  if (core.transferee !== noNode && !core.tracker.isVoter(core.transferee)) {
    core.transferee = noNode;
  }
  return state;
}
