/** A recipe for one piece of a stack: what it needs, and how it is made of that. */
import type { Roles } from './roles.ts';

/** The pieces of the given role names, typed where the name is a well-known one. */
export type NeedsOf<Name extends string> = {
  readonly [Role in Name]: Role extends keyof Roles ? Roles[Role] : unknown;
};

/** Made by {@link part}. */
export interface Part<Name extends string, Needs, Piece> {
  /** Tells a recipe from a piece that is ready. */
  readonly kind: 'dwcp/part';
  /** Role names of what it needs. */
  readonly needs: readonly Name[];
  /** Makes the piece. Called once, when everything that it needs has been made. */
  readonly make: (needs: Needs) => Piece;
}

/** Any part, whatever it needs. */
export type AnyPart = Part<string, never, unknown>;

/**
 * Says what a piece of a stack needs, by role name, and how it is made. `make` must not start
 * anything: a piece that has to run is {@link Startable}, and the stack starts it.
 *
 * @example
 * ```ts
 * import { part } from '@dwcp/core';
 * import type { Transport } from '@dwcp/core';
 *
 * // Well-known role names are typed already.
 * part(['transport', 'clock'], ({ transport, clock }) => ({ transport, startedMs: clock.nowMs() }));
 * // Names of your own need an annotation.
 * part(['lan', 'wan'], (needs: { lan: Transport; wan: Transport }) => [needs.lan, needs.wan]);
 * ```
 */
export function part<const Name extends string, Piece, Needs = NeedsOf<Name>>(
  needs: readonly Name[],
  make: (needs: Needs) => Piece,
): Part<Name, Needs, Piece> {
  return { kind: 'dwcp/part', needs, make };
}

/** True for what {@link part} made, also of another copy of this package. */
export function isPart(piece: unknown): piece is AnyPart {
  return (
    typeof piece === 'object' && piece !== null && 'kind' in piece && piece.kind === 'dwcp/part'
  );
}
