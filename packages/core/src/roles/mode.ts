/**
 * The two roles around a mode switch: who knows the mode, and who has to follow it.
 *
 * A switch is a two-phase transition with an epoch that grows by one with every attempt. The
 * coordinator asks every part to prepare; when all are ready in time it commits all of them, else
 * it rolls all of them back. The old mode serves until the commit.
 */
import type { Events } from '../events.ts';
import type { Mode, NetworkConditions } from '../modes.ts';
import type { AbortOptions } from './lifecycle.ts';

/** A mode and the epoch of the switch that led to it. */
export interface ModeState {
  /** How every part behaves. */
  readonly mode: Mode;
  /** 0 at the start; the epoch of the last committed transition after that. Never goes back. */
  readonly epoch: number;
}

/** Events of a {@link ModeSource}. */
export interface ModeEvents {
  /** The measurements call for another mode than the current one. */
  readonly wanted: (mode: Mode, conditions: NetworkConditions) => void;
  /** A transition was committed. */
  readonly changed: (state: ModeState, previous: ModeState) => void;
}

/** Knows the current mode. */
export interface ModeSource {
  /** The committed mode. */
  readonly current: ModeState;
  /** What the mode was last judged by; empty before the first measurement. */
  readonly conditions: NetworkConditions;
  /** See {@link ModeEvents}. */
  readonly events: Events<ModeEvents>;
}

/** One attempt to switch. */
export interface ModeTransition {
  /** The committed mode. */
  readonly from: Mode;
  /** The mode to switch to. */
  readonly to: Mode;
  /** Larger than the epoch of every transition before, committed or not. */
  readonly epoch: number;
}

/**
 * Follows the mode. For each transition `prepare` is called once, and then exactly one of `commit`
 * and `rollback`, also when `prepare` rejected. Calls of two transitions never overlap. A call with
 * an epoch that is not the one prepared throws `ERR_DWCP_INVALID_STATE`.
 */
export interface ModeAware {
  /**
   * Gets everything ready for `to` that can fail or take time (connections, memory, elections,
   * models) while `from` goes on serving. Rejects when it cannot, or with `ERR_DWCP_ABORTED` when
   * the time for the transition is over.
   */
  prepare(transition: ModeTransition, options?: AbortOptions): Promise<void>;
  /**
   * Puts `to` into effect for all new work, and resolves when the old path has drained. Nothing
   * that was accepted is lost. It has no way to refuse: what could fail belongs into `prepare`.
   */
  commit(transition: ModeTransition): Promise<void>;
  /** Gives back what `prepare` took; `from` goes on as if nothing had happened. */
  rollback(transition: ModeTransition): Promise<void>;
}
