/** Kinds of messages by the names that scripts use. */
import type { MessageType } from '@dwcp/acp';
import { logName } from '../../src/machine/raft/describe.ts';
import { ScriptError } from './script.ts';

const types: readonly MessageType[] = [
  'append',
  'append-response',
  'heartbeat',
  'heartbeat-response',
  'propose',
  'vote',
  'vote-response',
  'pre-vote',
  'pre-vote-response',
  'snapshot',
  'timeout-now',
  'transfer-leader',
  'read-index',
  'read-index-response',
  'storage-append',
  'storage-append-response',
  'storage-apply',
  'storage-apply-response',
];

/** The kind with a name in scripts, as `MsgApp`. */
export function messageTypeOf(name: string): MessageType {
  const type = types.find((known) => logName(known) === name);
  if (type === undefined) throw new ScriptError(`unknown message type ${name}`);
  return type;
}
