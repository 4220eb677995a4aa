/** Why a node did not take what it was given. Refusals are ordinary; errors are not. */

/**
 * `no-leader`: nobody leads this term as far as known; try again after an election.
 * `not-forwarded`: a follower without `forwardProposals`; ask the leader.
 * `not-member`: this leader was removed from the configuration.
 * `transferring`: leadership is being handed over; ask the next leader.
 * `uncommitted-full`: `maxUncommittedBytes` are waiting to be committed; try again later.
 * `too-many-reads`: `maxPendingReads` are waiting to be confirmed; try again later.
 * `unknown-peer`: an answer from a node that is not a member, as comes late from a removed one.
 * `lease-based-reads`: the leader cannot be forgotten when reads rely on its lease.
 */
export type Refusal =
  | 'no-leader'
  | 'not-forwarded'
  | 'not-member'
  | 'transferring'
  | 'uncommitted-full'
  | 'too-many-reads'
  | 'unknown-peer'
  | 'lease-based-reads';
