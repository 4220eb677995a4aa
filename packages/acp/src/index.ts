/**
 * Adaptive consensus. So far: the Raft protocol as a pure state machine.
 *
 * @packageDocumentation
 */
export { decodeConfChange, encodeConfChange } from './machine/raft/conf-change-codec.ts';
export type {
  ConfChange,
  ConfChangeStep,
  ConfChangeType,
  ConfTransition,
} from './machine/raft/conf-change.ts';
export type { LogView } from './machine/raft/log-view.ts';
export { raftMachine } from './machine/raft/machine.ts';
export type { RaftMachine } from './machine/raft/machine.ts';
export { memoryLog } from './machine/raft/memory-log.ts';
export type { MemoryLog } from './machine/raft/memory-log.ts';
export { raftMessage } from './machine/raft/message.ts';
export type { Message, MessageType } from './machine/raft/message.ts';
export type { RaftOptions } from './machine/raft/options.ts';
export type { ProgressState } from './machine/raft/progress.ts';
export type { Ready } from './machine/raft/ready.ts';
export type { Refusal } from './machine/raft/refusal.ts';
export type { ProgressStatus, RaftStatus } from './machine/raft/status.ts';
export { appendThread, applyThread, noNode } from './machine/raft/types.ts';
export type {
  ConfState,
  Entry,
  EntryType,
  HardState,
  NodeId,
  ReadState,
  Role,
  Snapshot,
  SoftState,
} from './machine/raft/types.ts';
