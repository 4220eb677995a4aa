/** Starts parts in the order of their dependencies and stops them in reverse. */
import { abortedError, DwcpError, throwIfAborted } from '../errors.ts';
import type { Startable } from '../roles/lifecycle.ts';
import { dependencyOrder } from './order.ts';
import { startable } from './startable.ts';
import type { StartableState } from './startable.ts';

/** One part of a {@link Lifecycle}. */
export interface LifecyclePart {
  /** Unique in the lifecycle; errors name the part by it. */
  readonly name: string;
  /** What is started and stopped. */
  readonly part: Startable;
  /** Names of the parts that must run before this one starts. @default none */
  readonly after?: readonly string[];
}

/** Several parts that start and stop as one. */
export interface Lifecycle extends StartableState {
  /** The names of the parts in the order in which they start. */
  readonly order: readonly string[];
}

/**
 * Makes one startable thing of several. Parts start one after the other, each when all that it
 * comes `after` runs, and stop in the reverse order.
 *
 * `start` rejects with `ERR_DWCP_START_FAILED` when a part fails; those that had started are
 * stopped again, in reverse, and no other is touched. The cause is the part's error, or an
 * `AggregateError` of it and of the errors of stopping. When it is aborted it does the same and
 * rejects with `ERR_DWCP_ABORTED`. `stop` asks every part and rejects with `ERR_DWCP_STOP_FAILED`
 * when some fail, with an `AggregateError` of their errors as the cause.
 *
 * Throws `ERR_DWCP_INVALID_ARGUMENT` for two parts of the same name, an unknown name in `after`, or
 * a circle.
 *
 * @example
 * ```ts
 * import { createLifecycle, startable } from '@dwcp/core';
 *
 * const log: string[] = [];
 * const part = (name: string) =>
 *   startable({ start: () => void log.push(`+${name}`), stop: () => void log.push(`-${name}`) });
 * const app = createLifecycle([
 *   { name: 'server', part: part('server'), after: ['store'] },
 *   { name: 'store', part: part('store') },
 * ]);
 * await app.start();
 * await app.stop();
 * log; // => ['+store', '+server', '-server', '-store']
 * ```
 */
export function createLifecycle(parts: readonly LifecyclePart[]): Lifecycle {
  const byName = new Map(parts.map((entry) => [entry.name, entry]));
  if (byName.size < parts.length) throw duplicate(parts);
  const order = dependencyOrder(new Map(parts.map(({ name, after }) => [name, after ?? []])));
  const ordered = order.flatMap((name) => byName.get(name) ?? []);
  const running = startable({
    start: ({ signal }) => startAll(ordered, signal),
    stop: () => stopAll(ordered),
  });
  return {
    order,
    get state() {
      return running.state;
    },
    start: (options) => running.start(options),
    stop: () => running.stop(),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

async function startAll(parts: readonly LifecyclePart[], signal: AbortSignal): Promise<void> {
  const started: LifecyclePart[] = [];
  for (const entry of parts) {
    try {
      throwIfAborted(signal);
      await entry.part.start({ signal });
      started.push(entry);
    } catch (error) {
      throw await undone(entry.name, error, started, signal);
    }
  }
}

/** Stops what had started and returns the error that the start rejects with. */
async function undone(
  name: string,
  error: unknown,
  started: readonly LifecyclePart[],
  signal: AbortSignal,
): Promise<DwcpError> {
  const failures = await stopInReverse(started);
  if (signal.aborted && failures.length === 0) return abortedError(signal);
  const message = `"${name}" could not start: ${messageOf(error)}`;
  if (failures.length === 0)
    return new DwcpError('ERR_DWCP_START_FAILED', message, { cause: error });
  const names = failures.map((failure) => `"${failure.name}"`).join(', ');
  const errors = [error, ...failures.map((failure) => failure.error)];
  return new DwcpError('ERR_DWCP_START_FAILED', `${message}; then ${names} failed to stop`, {
    cause: new AggregateError(errors, message),
  });
}

async function stopAll(parts: readonly LifecyclePart[]): Promise<void> {
  const failures = await stopInReverse(parts);
  if (failures.length === 0) return;
  const names = failures.map((failure) => `"${failure.name}"`).join(', ');
  const message = `${failures.length} of ${parts.length} parts failed to stop: ${names}`;
  const errors = failures.map((failure) => failure.error);
  throw new DwcpError('ERR_DWCP_STOP_FAILED', message, {
    cause: new AggregateError(errors, message),
  });
}

interface StopFailure {
  readonly name: string;
  readonly error: unknown;
}

async function stopInReverse(parts: readonly LifecyclePart[]): Promise<readonly StopFailure[]> {
  const failures: StopFailure[] = [];
  for (const { name, part } of parts.toReversed()) {
    try {
      await part.stop();
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}

function duplicate(parts: readonly LifecyclePart[]): DwcpError {
  const names = parts.map((entry) => entry.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', `two parts have the name "${twice}"`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
