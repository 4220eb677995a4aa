/**
 * Typed events on eventemitter3: a map from event name to listener signature.
 */
import { EventEmitter } from 'eventemitter3';

/** Listener signatures by event name. */
export type EventMap<Map> = { readonly [Name in keyof Map]: (...args: never[]) => void };

/** The listening half of an emitter: what a component shows of its events to its users. */
export interface Events<Map extends EventMap<Map>> {
  /** Calls `listener` at every `name` event until it is removed. */
  on<Name extends keyof Map>(name: Name, listener: Map[Name]): unknown;
  /** Calls `listener` at the next `name` event only. */
  once<Name extends keyof Map>(name: Name, listener: Map[Name]): unknown;
  /** Removes a listener added by `on` or `once`. */
  off<Name extends keyof Map>(name: Name, listener: Map[Name]): unknown;
}

/**
 * An emitter whose events are typed; components keep it private and show {@link Events}.
 *
 * @example
 * ```ts
 * import { TypedEmitter } from '@dwcp/core';
 *
 * const events = new TypedEmitter<{ progress: (sizeBytes: number) => void }>();
 * let seen = 0;
 * events.on('progress', (sizeBytes) => { seen += sizeBytes; });
 * events.emit('progress', 42);
 * seen; // => 42
 * ```
 */
export class TypedEmitter<Map extends EventMap<Map>> implements Events<Map> {
  readonly #emitter = new EventEmitter();

  /** Calls `listener` at every `name` event until it is removed. */
  on<Name extends keyof Map>(name: Name, listener: Map[Name]): this {
    this.#emitter.on(name as string, untyped(listener));
    return this;
  }

  /** Calls `listener` at the next `name` event only. */
  once<Name extends keyof Map>(name: Name, listener: Map[Name]): this {
    this.#emitter.once(name as string, untyped(listener));
    return this;
  }

  /** Removes a listener added by `on` or `once`. */
  off<Name extends keyof Map>(name: Name, listener: Map[Name]): this {
    this.#emitter.off(name as string, untyped(listener));
    return this;
  }

  /** Calls the listeners of `name` in the order in which they were added. */
  emit<Name extends keyof Map>(name: Name, ...args: Parameters<Map[Name]>): boolean {
    return this.#emitter.emit(name as string, ...args);
  }

  /** Removes all listeners. */
  clear(): void {
    this.#emitter.removeAllListeners();
  }
}

/** The map has checked the arguments; eventemitter3 itself is used without a map. */
function untyped(listener: (...args: never[]) => void): (...args: unknown[]) => void {
  return listener as unknown as (...args: unknown[]) => void;
}
