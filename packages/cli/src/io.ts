/** What the command needs from its process, all of it injectable. */
import type { Clock } from '@dwcp/core';
import type { DwcpNode, NodeOptions } from '@dwcp/node';

/** A stream for text, such as `process.stdout`. */
export interface OutputStream extends NodeJS.WritableStream {
  /** True for a terminal. */
  readonly isTTY?: boolean;
  /** Width of a terminal in characters. */
  readonly columns?: number;
}

/** Where a run of the command reads from and writes to. */
export interface CliIo {
  /** Results: sentences for people, or JSON lines for scripts. */
  readonly stdout: OutputStream;
  /** Progress, warnings and errors for people. */
  readonly stderr: OutputStream;
  /**
   * Stops the command cleanly. Its reason, `SIGINT`, `SIGTERM` or `SIGPIPE`, decides the exit
   * code. @default absent: only its end ends the command
   */
  readonly signal?: AbortSignal;
  /** Writes the stack of errors to `stderr`. @default false */
  readonly debug?: boolean;
  /** Makes the node. @default that of `@dwcp/node`, which is loaded when it is needed */
  readonly createNode?: (options: NodeOptions) => DwcpNode;
  /** Paces progress. @default the system's */
  readonly clock?: Clock;
}
