/** Membership changes as they are proposed, written to the log and applied. */
import type { Entry, EntryType, NodeId } from './types.ts';
import { noData } from './types.ts';

/** What happens to one node. `update` changes nothing in Raft; applications attach data to it. */
export type ConfChangeType = 'add-voter' | 'remove' | 'update' | 'add-learner';

/** One step of a {@link ConfChange}. A `nodeId` of 0 means "nothing". */
export interface ConfChangeStep {
  /** What happens. */
  readonly type: ConfChangeType;
  /** To whom. */
  readonly nodeId: NodeId;
}

/**
 * How a change of several nodes passes through a joint configuration (Raft thesis, §4.3):
 * `auto` goes there only when more than one step needs it and leaves by itself, `implicit` always
 * goes there and leaves by itself, `explicit` always goes there and stays until an empty change is
 * proposed.
 */
export type ConfTransition = 'auto' | 'implicit' | 'explicit';

/** A membership change. Without steps and with `auto` it leaves a joint configuration. */
export interface ConfChange {
  /** The way through a joint configuration. Default `auto`. */
  readonly transition?: ConfTransition;
  /** The steps, applied in order. Default none. */
  readonly changes?: readonly ConfChangeStep[];
  /** Bytes of the application that travel with the change. Default none. */
  readonly context?: Uint8Array;
  /**
   * Writes the entry in the older form of one step without transition, which implementations from
   * before joint consensus understand. Default false.
   */
  readonly singleStep?: boolean;
}

/** Whether a change goes through a joint configuration, and whether that ends by itself. */
export function entersJoint(change: ConfChange): { joint: boolean; autoLeave: boolean } {
  const { transition = 'auto', changes = [] } = change;
  const joint = transition !== 'auto' || changes.length > 1;
  return { joint, autoLeave: joint && transition !== 'explicit' };
}

/** Whether a change leaves the joint configuration. */
export function leavesJoint({ transition = 'auto', changes = [] }: ConfChange): boolean {
  return transition === 'auto' && changes.length === 0;
}

/** True for entries that change the membership. */
export function isConfChange({ type }: Entry): boolean {
  return type !== 'normal';
}

/** The kind of entry that a change is written as. */
export function confChangeEntryType(change: ConfChange): EntryType {
  return change.singleStep === true ? 'conf-change' : 'conf-change-v2';
}

/** The change that leaves a joint configuration, as entry data: no bytes, never refused by size. */
export const leaveJointData: Uint8Array = noData;
