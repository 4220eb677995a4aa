/**
 * The shared interface of DWCP: roles as types, and the small run-time parts that all packages use.
 *
 * @packageDocumentation
 */
export { BinaryReader } from './binary/reader.ts';
export { BinaryWriter } from './binary/writer.ts';
export { systemClock } from './clock/system.ts';
export { virtualClock } from './clock/virtual.ts';
export type { VirtualClock, VirtualClockOptions } from './clock/virtual.ts';
export { decodeControl, encodeControl } from './control/control.ts';
export type { ControlOptions, ControlValue } from './control/control.ts';
export {
  abortedError,
  DwcpError,
  errorTable,
  isDwcpError,
  isErrorCode,
  throwIfAborted,
} from './errors.ts';
export type { ErrorCode, ErrorDetails, ErrorEntry } from './errors.ts';
export { TypedEmitter } from './events.ts';
export type { EventMap, Events } from './events.ts';
export { guardCall, guardHandler, offerConnection, reportError } from './guard.ts';
export type { MemoryLink } from './memory-transport/link.ts';
export { memoryNetwork, memoryTransport } from './memory-transport/network.ts';
export type { MemoryNetwork } from './memory-transport/network.ts';
export type { MemoryNetworkOptions, MemoryPath } from './memory-transport/options.ts';
export { seededRandom, systemRandom } from './random.ts';
export type * from './roles/chunker.ts';
export { abortable } from './lifecycle/abortable.ts';
export { createLifecycle } from './lifecycle/lifecycle.ts';
export type { Lifecycle, LifecyclePart } from './lifecycle/lifecycle.ts';
export { startable } from './lifecycle/startable.ts';
export type { RunState, StartableState, StartHooks } from './lifecycle/startable.ts';
export { classify, defaultModeThresholds, modes } from './modes.ts';
export type { Mode, ModeThresholds, NetworkConditions } from './modes.ts';
export { noMetrics, silentLogger } from './sinks.ts';
export type { Complete, PieceOf, ProblemOf, StackPieces } from './stack/check.ts';
export { part } from './stack/part.ts';
export type { AnyPart, NeedsOf, Part } from './stack/part.ts';
export type { Roles } from './stack/roles.ts';
export { createStack } from './stack/stack.ts';
export type { Stack } from './stack/stack.ts';
export type { FormatOptions } from './units/quantity.ts';
export {
  formatDuration,
  formatRate,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
} from './units/units.ts';
export type * from './roles/allocation.ts';
export type * from './roles/blob-store.ts';
export type * from './roles/codec.ts';
export type * from './roles/consensus.ts';
export type * from './roles/host.ts';
export type * from './roles/lifecycle.ts';
export type * from './roles/log-store.ts';
export type * from './roles/mode.ts';
export type * from './roles/placement.ts';
export type * from './roles/prediction.ts';
export type * from './roles/session.ts';
export type * from './roles/state-sync.ts';
export type * from './roles/transport.ts';
