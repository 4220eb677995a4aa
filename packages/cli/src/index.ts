/**
 * The `dwcp` command, for programs that want it inside their own process.
 *
 * @packageDocumentation
 */
export { exitCodes } from './exit-codes.ts';
export type { CliIo, OutputStream } from './io.ts';
export type {
  CliEvent,
  DoneEvent,
  ErrorEvent,
  Failure,
  ListeningEvent,
  OperationEvent,
  ProgressEvent,
  RetryEvent,
  SessionEvent,
} from './output/events.ts';
export { run } from './run.ts';
