/** `HOST:PORT` and `HOST:PORT/PATH`. */
import { InvalidArgumentError } from 'commander';

/** The other side, and a place below the directory it serves. */
export interface Remote {
  /** `host:port`, checked by the transport. */
  readonly address: string;
  /** What stands behind the slash, without slashes at its end; undefined without a slash. */
  readonly path: string | undefined;
}

// The first colon with only a port behind it: `[::1]:4747/a` and `/a:1/b` behind it stay whole.
const remoteForm = /^(?<address>[^/]*:\d{1,5})(?:\/(?<path>.*))?$/s;

/** Splits an argument; for `commander`, whose error it throws. */
export function parseRemote(text: string): Remote {
  const groups = remoteForm.exec(text)?.groups;
  if (groups?.['address'] === undefined) {
    throw new InvalidArgumentError('It must be HOST:PORT or HOST:PORT/PATH.');
  }
  return { address: groups['address'], path: groups['path']?.replace(/\/+$/, '') };
}
