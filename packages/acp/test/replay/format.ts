/** States and messages as etcd's Raft prints them. */
import { decodeConfChange } from '../../src/machine/raft/conf-change-codec.ts';
import { describeConfState } from '../../src/machine/raft/conf-state.ts';
import { logName, name, roleNames } from '../../src/machine/raft/describe.ts';
import type { Entry, HardState, Message, Ready, Snapshot } from '@dwcp/acp';
import { appendThread, applyThread } from '@dwcp/acp';

const entryNames = {
  normal: 'EntryNormal',
  'conf-change': 'EntryConfChange',
  'conf-change-v2': 'EntryConfChangeV2',
} as const;

const stepLetters = { 'add-voter': 'v', 'add-learner': 'l', remove: 'r', update: 'u' } as const;

/** A ready. */
export function formatReady(ready: Ready): string {
  const { softState, hardState, readStates, entries, snapshot, committedEntries } = ready;
  const lines: string[] = [];
  if (softState) lines.push(`Lead:${softState.lead} State:${roleNames[softState.role]}`);
  if (hardState) lines.push(`HardState ${formatHardState(hardState)}`);
  if (readStates.length > 0) {
    const states = readStates.map(({ index, context }) => `{${index} [${context.join(' ')}]}`);
    lines.push(`ReadStates [${states.join(' ')}]`);
  }
  if (entries.length > 0) lines.push('Entries:', ...entries.map(formatEntry));
  if (snapshot) lines.push(`Snapshot ${formatSnapshot(snapshot)}`);
  if (committedEntries.length > 0) {
    lines.push('CommittedEntries:', ...committedEntries.map(formatEntry));
  }
  if (ready.messages.length > 0) {
    lines.push('Messages:', ...ready.messages.map((message) => formatMessage(message)));
  }
  if (lines.length === 0) return '<empty Ready>';
  return [`Ready MustSync=${ready.mustSync}:`, ...lines, ''].join('\n');
}

function formatHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === 0 ? '' : ` Vote:${vote}`} Commit:${commit}`;
}

/** A message, of several lines when it carries several things. */
export function formatMessage(message: Message, indent = ''): string {
  const { type, term, logTerm, index, entries, snapshot, responses } = message;
  const inner = `${indent}  `;
  let text =
    `${indent}${target(message.from)}->${target(message.to)} ${logName(type)} Term:${term} ` +
    `Log:${logTerm}/${index}`;
  if (message.reject) text += ` Rejected (Hint: ${message.rejectHint})`;
  if (message.commit !== 0) text += ` Commit:${message.commit}`;
  if (message.vote !== 0) text += ` Vote:${message.vote}`;
  if (entries.length === 1) {
    text += ` Entries:[${entries.map(formatEntry).join('')}]`;
  } else if (entries.length > 1) {
    const lines = entries.map((entry) => `\n${inner}${formatEntry(entry)}`);
    text += ` Entries:[${lines.join('')}\n${indent}]`;
  }
  if (snapshot) text += `\n${inner}Snapshot: ${formatSnapshot(snapshot)}`;
  if (responses.length > 0) {
    const lines = responses.map((response) => `\n${formatMessage(response, inner)}`);
    text += ` Responses:[${lines.join('')}\n${indent}]`;
  }
  return text;
}

/** An entry. */
export function formatEntry(entry: Entry): string {
  const content = entry.type === 'normal' ? quote(entry.data) : formatChange(entry);
  const head = `${entry.term}/${entry.index} ${entryNames[entry.type]}`;
  return content === '' ? head : `${head} ${content}`;
}

function formatSnapshot({ index, term, confState }: Snapshot): string {
  return `Index:${index} Term:${term} ConfState:${describeConfState(confState)}`;
}

function formatChange(entry: Entry): string {
  const { changes = [] } = decodeConfChange(entry);
  return changes.map(({ type, nodeId }) => `${stepLetters[type]}${nodeId}`).join(' ');
}

function target(id: number): string {
  if (id === 0) return 'None';
  if (id === appendThread) return 'AppendThread';
  return id === applyThread ? 'ApplyThread' : name(id);
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** Bytes as a quoted string of Go. */
function quote(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  const chars = Array.from(text, (char) => {
    const escape = escapes[char];
    if (escape !== undefined) return escape;
    if (char >= ' ' && char !== '\u007f') return char;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${chars.join('')}"`;
}
