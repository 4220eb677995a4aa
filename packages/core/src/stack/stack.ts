/** Composes a stack of pieces and runs it as one. */
import { createLifecycle } from '../lifecycle/lifecycle.ts';
import type { Lifecycle, LifecyclePart } from '../lifecycle/lifecycle.ts';
import { dependencyOrder } from '../lifecycle/order.ts';
import type { Startable } from '../roles/lifecycle.ts';
import type { Complete, PieceOf, StackPieces } from './check.ts';
import { isPart } from './part.ts';

/** A composed stack. It starts and stops those of its pieces that are {@link Startable}. */
export interface Stack<Pieces extends StackPieces> extends Lifecycle {
  /** Every piece by its role name, made and typed. */
  readonly pieces: { readonly [Role in keyof Pieces]: PieceOf<Pieces[Role]> };
}

/**
 * Makes a stack of ready pieces and of {@link part}s, in any order. Every part gets what it needs;
 * a missing or unfit piece is a compile error that names it. Parts that need each other in a circle
 * throw `ERR_DWCP_INVALID_ARGUMENT`, and so does a missing piece where no compiler has looked. What
 * a `make` throws passes through.
 *
 * Nothing runs until `start`. Then the startable pieces start in the order of their needs, and
 * `stop` stops them in reverse: see {@link createLifecycle}. A piece under two names is started
 * once. A preset is an object of pieces: spread it and replace what should differ.
 *
 * @example
 * ```ts
 * import { createStack, memoryTransport, part, startable, systemClock } from '@dwcp/core';
 * import type { Listener } from '@dwcp/core';
 *
 * const stack = createStack({
 *   greeter: part(['transport'], ({ transport }) => {
 *     let listener: Listener | undefined;
 *     return startable({
 *       start: async () => {
 *         listener = await transport.listen('greeter', { onConnection: (peer) => peer.end() });
 *       },
 *       stop: async () => listener?.close(),
 *     });
 *   }),
 *   transport: part(['clock'], ({ clock }) => memoryTransport({ clock })),
 *   clock: systemClock(),
 * });
 * stack.order; // => ['clock', 'transport', 'greeter']
 * await stack.start();
 * const connection = await stack.pieces.transport.dial('greeter');
 * connection.remoteAddress; // => 'greeter'
 * await stack.stop();
 * ```
 */
export function createStack<Pieces extends StackPieces>(
  pieces: Pieces & Complete<Pieces>,
): Stack<Pieces> {
  const needs = new Map(Object.entries(pieces).map(([role, piece]) => [role, needsOf(piece)]));
  const order = dependencyOrder(needs);
  const made: Record<string, unknown> = {};
  for (const role of order) made[role] = make(pieces[role], made);
  const lifecycle = createLifecycle(startableParts(order, made));
  return {
    // Checked above: every role of Pieces was made, of the type that its entry says.
    pieces: made as Stack<Pieces>['pieces'],
    order,
    get state() {
      return lifecycle.state;
    },
    start: (options) => lifecycle.start(options),
    stop: () => lifecycle.stop(),
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
}

function needsOf(piece: unknown): readonly string[] {
  return isPart(piece) ? piece.needs : [];
}

/** A part gets only what it lists: what it does not list may not have been made. */
function make(piece: unknown, made: Readonly<Record<string, unknown>>): unknown {
  if (!isPart(piece)) return piece;
  const needs = Object.fromEntries(piece.needs.map((role) => [role, made[role]]));
  // The compile-time check holds that these are the needs; here their types are gone.
  return piece.make(needs as never);
}

/** In the order of the stack, which is the order of the needs, so they need no `after`. */
function startableParts(
  order: readonly string[],
  made: Readonly<Record<string, unknown>>,
): LifecyclePart[] {
  const parts = new Map<Startable, LifecyclePart>();
  for (const name of order) {
    const piece = made[name];
    if (isStartable(piece) && !parts.has(piece)) parts.set(piece, { name, part: piece });
  }
  return [...parts.values()];
}

function isStartable(piece: unknown): piece is Startable {
  if (typeof piece !== 'object' || piece === null) return false;
  return (
    'start' in piece &&
    typeof piece.start === 'function' &&
    'stop' in piece &&
    typeof piece.stop === 'function'
  );
}
