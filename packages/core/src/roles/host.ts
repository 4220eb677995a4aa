/** What a component needs from its host. All injectable; the defaults use the running process. */

/** A handle of {@link Clock.schedule}. */
export interface Timer {
  /** Cancels the call if it has not happened yet. Idempotent. */
  cancel(): void;
}

/** Time. Protocol drivers take it from here and nowhere else, so that a simulation can own it. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; its zero has no meaning. Fractions allowed. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01T00:00:00Z, for people and file times; may jump. */
  wallMs(): number;
  /** Calls `callback` once, not before `delayMs` (≥ 0) have passed. */
  schedule(delayMs: number, callback: () => void): Timer;
}

/** A source of random numbers. Not for secrets: use `node:crypto` for those. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, limit), limit in 1 … 2^32. */
  integer(limit: number): number;
  /** Fills `target` with random bytes and returns it. */
  bytes<Target extends Uint8Array>(target: Target): Target;
}

/** How urgent a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Receives log lines. The default drops them; a host passes its own logger. */
export interface Logger {
  /** One event with its facts; `fields` holds plain values only. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Receives measurements. Names are dotted, units last: `amst.sent_bytes`. */
export interface MetricsSink {
  /** Adds `delta` (≥ 0) to a counter that only grows. */
  count(name: string, delta: number, labels?: Readonly<Record<string, string>>): void;
  /** Sets the current value of something that goes up and down. */
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Adds one observation to a distribution. */
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}
