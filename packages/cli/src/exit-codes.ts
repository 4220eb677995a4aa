/** The exit codes of the command, a part of its public interface. */

/** What each exit code means. Those of signals are 128 and the signal's number, as in every shell. */
export const exitCodes = {
  /** Everything was done. */
  ok: 0,
  /** The command failed; the error has been told. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Done, but some files could not be sent or written; they have been told. */
  incomplete: 3,
  /** Stopped by an interrupt (Ctrl-C). */
  SIGINT: 130,
  /** Stopped because the reader of the output went away. */
  SIGPIPE: 141,
  /** Stopped because it was asked to end. */
  SIGTERM: 143,
} as const;
