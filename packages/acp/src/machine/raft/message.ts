/** The messages between nodes, and between a node and its own storage. */
import type { Entry, NodeId, Snapshot } from './types.ts';
import { noEntries } from './types.ts';

/**
 * The kinds of messages. `append` … `read-index-response` travel between nodes; the `storage-`
 * kinds stay inside one node and appear only with {@link RaftOptions.asyncStorageWrites}.
 */
export type MessageType =
  | 'append'
  | 'append-response'
  | 'heartbeat'
  | 'heartbeat-response'
  | 'propose'
  | 'vote'
  | 'vote-response'
  | 'pre-vote'
  | 'pre-vote-response'
  | 'snapshot'
  | 'timeout-now'
  | 'transfer-leader'
  | 'read-index'
  | 'read-index-response'
  | 'storage-append'
  | 'storage-append-response'
  | 'storage-apply'
  | 'storage-apply-response';

/**
 * One message. All kinds share one shape, with 0, false or nothing where a kind has no use for a
 * field: objects of one shape are what a JavaScript engine handles fastest.
 */
export interface Message {
  /** The kind. */
  readonly type: MessageType;
  /** The receiver. */
  readonly to: NodeId;
  /** The sender. In `transfer-leader` the node that shall lead. */
  readonly from: NodeId;
  /** The sender's term; the term asked for in `pre-vote`; 0 in `propose` and `read-index`. */
  readonly term: number;
  /** `append`, `vote`: the term of the entry at {@link index}. */
  readonly logTerm: number;
  /** `append`: the index before the first entry. Responses: the index that is confirmed. */
  readonly index: number;
  /** `append`, `heartbeat`: the commit index for the receiver. */
  readonly commit: number;
  /** `storage-append`: the vote to persist. */
  readonly vote: NodeId;
  /** Responses: the request was refused. */
  readonly reject: boolean;
  /** A refused `append`: the highest index at which the logs may agree. */
  readonly rejectHint: number;
  /**
   * `vote`: 1 when a leader asked for this election, so that its lease does not stand in the way.
   * `heartbeat` and its response: how many reads of this term the round confirms.
   */
  readonly context: number;
  /** `append`, `propose`, `read-index`: what they carry. */
  readonly entries: readonly Entry[];
  /** `snapshot`, `storage-append`: the snapshot. */
  readonly snapshot: Snapshot | undefined;
  /** `storage-`: what to deliver once the write is done. */
  readonly responses: readonly Message[];
}

/** A message that is being filled in. */
export type Draft = { -readonly [Field in keyof Message]: Message[Field] };

/** No messages; shared. */
const noMessages: readonly Message[] = [];

/** A message with empty fields, to be filled in and then sent. */
export function draft(type: MessageType, to: NodeId): Draft {
  return {
    type,
    to,
    from: 0,
    term: 0,
    logTerm: 0,
    index: 0,
    commit: 0,
    vote: 0,
    reject: false,
    rejectHint: 0,
    context: 0,
    entries: noEntries,
    snapshot: undefined,
    responses: noMessages,
  };
}

/**
 * Makes a message from the fields that matter; the others are empty. For codecs and tests.
 *
 * @example
 * ```ts
 * import { raftMessage } from '@dwcp/acp';
 *
 * const message = raftMessage({ type: 'heartbeat', from: 1, to: 2, term: 4, commit: 9 });
 * message.reject; // => false
 * ```
 */
export function raftMessage(
  fields: Partial<Message> & Pick<Message, 'type' | 'to' | 'from'>,
): Message {
  return Object.assign(draft(fields.type, fields.to), fields);
}

/** True for kinds that answer a member: from strangers they mean nothing. */
export function isResponse(type: MessageType): boolean {
  switch (type) {
    case 'append-response':
    case 'vote-response':
    case 'pre-vote-response':
    case 'heartbeat-response':
    case 'read-index-response':
      return true;
    default:
      return false;
  }
}
