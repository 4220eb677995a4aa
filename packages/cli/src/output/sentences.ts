/** The events as sentences. */
import type { Peer, Problem, TreeOutcome } from '@dwcp/node';
import type {
  DoneEvent,
  Failure,
  ListeningEvent,
  OperationEvent,
  RetryEvent,
  SessionEvent,
} from './events.ts';
import { countText, durationText, sizeText, visible } from './text.ts';

/** Files that are named; the rest is counted. */
const listedFiles = 10;

const securities: Record<ListeningEvent['security'], string> = {
  none: 'no encryption',
  encrypted: 'encrypted; anybody may connect',
  mutual: 'encrypted; peers prove who they are',
};

/** `serving /srv/inbox on 127.0.0.1:4747 (no encryption)` */
export function listening({ address, root, security }: ListeningEvent): string {
  return `serving ${root} on ${address} (${securities[security]})`;
}

/** `127.0.0.1:50112 connected` */
export function session({ peer }: SessionEvent): string {
  return `${name(peer)} connected`;
}

/** `127.0.0.1:50112 pushed "photos": 3 files (1.2MB), …` */
export function operation({ error, operation: kind, outcome, path, peer }: OperationEvent): string {
  const what = `${name(peer)} ${kind}ed "${visible(path)}"`;
  if (outcome) return `${what}: ${counts(outcome)}`;
  return error ? `${what} in vain: ${failureText(error)}` : what;
}

/** `pushed photos: 3 files (1.2MB), …; 400kB on the wire, 4 streams, 0.3s` */
export function summary(done: DoneEvent): string {
  const { attempts, elapsedMs, operation: kind, path, streams, wireBytes } = done;
  const costs = [
    `${sizeText(wireBytes)} on the wire`,
    countText(streams, 'stream'),
    durationText(elapsedMs),
  ];
  if (attempts > 1) costs.push(countText(attempts, 'attempt'));
  const what = kind === 'push' ? `pushed ${path}` : `pulled into ${path}`;
  return `${what}: ${counts(done)}; ${costs.join(', ')}`;
}

/** `the connection with … was lost (ERR_DWCP_CONNECTION_LOST); attempt 2 in 0.2s` */
export function retry({ attempt, delayMs, error }: RetryEvent): string {
  return `${failureText(error)}; attempt ${attempt + 1} in ${durationText(delayMs)}`;
}

/** The first files that were left out, and how many there are. */
export function leftOut(word: string, files: readonly Problem[] = [], count = 0): string[] {
  if (count === 0) return [];
  const named = files.slice(0, listedFiles);
  const lines = named.map(({ path, reason }) => `  ${visible(path)}: ${visible(reason)}`);
  if (count > named.length) lines.push(`  … and ${count - named.length} more`);
  return [`${count} ${word}:`, ...lines];
}

/** `the connection with … was lost (ERR_DWCP_CONNECTION_LOST)` */
export function failureText({ code, message }: Failure): string {
  return visible(message) + (code === undefined ? '' : ` (${code})`);
}

function counts(outcome: TreeOutcome): string {
  const { sameFiles, totalBytes, totalFiles, writtenBytes, writtenFiles } = outcome;
  return [
    `${countText(totalFiles, 'file')} (${sizeText(totalBytes)})`,
    `${writtenFiles} written (${sizeText(writtenBytes)})`,
    `${sameFiles} the same already`,
  ].join(', ');
}

function name({ address, name: proved }: Peer): string {
  return proved === undefined ? address : `${visible(proved)} (${address})`;
}
