/** A group of nodes in one process, with the messages between them, as scripts drive it. */
import type { Message } from '@dwcp/acp';
import { appendThread, applyThread, raftMessage } from '@dwcp/acp';
import { isDwcpError } from '@dwcp/core';
import { formatMessage, formatReady } from './format.ts';
import type { Member } from './member.ts';
import { Output } from './output.ts';
import { ScriptError } from './script.ts';

/** Who gets messages, or loses them. */
export interface Recipient {
  readonly id: number;
  readonly drop: boolean;
}

/** The nodes and their network. */
export class Environment {
  readonly output: Output = new Output();
  readonly members: Member[] = [];
  messages: Message[] = [];

  /** The node with a number. */
  member(id: number): Member {
    const member = this.members[id - 1];
    if (member === undefined) throw new ScriptError(`there is no node ${id}`);
    return member;
  }

  /** Takes the work of a node, does it, and sends its messages. */
  processReady(member: Member): void {
    const ready = member.node.ready();
    const isAsync = member.options.asyncStorageWrites === true;
    this.output.write(formatReady(ready));
    if (!isAsync) member.perform(ready);
    for (const message of ready.messages) {
      if (message.to === appendThread) member.appendWork.push(message);
      else if (message.to === applyThread) member.applyWork.push(message);
      else this.messages.push(message);
    }
    if (!isAsync) member.node.advance();
  }

  /** Does one write of a node. */
  processAppend(member: Member): void {
    const order = member.appendWork.shift();
    if (order === undefined) {
      this.output.write('no append work to perform');
      return;
    }
    this.output.write(`Processing:\n${formatMessage({ ...order, responses: [] })}\n`);
    const { term, vote, commit, snapshot, entries } = order;
    const isEmpty = term === 0 && vote === 0 && commit === 0;
    member.store(isEmpty ? undefined : { term, vote, commit }, snapshot, entries);
    this.#respond(order);
  }

  /** Applies one batch of entries of a node. */
  processApply(member: Member): void {
    const order = member.applyWork.shift();
    if (order === undefined) {
      this.output.write('no apply work to perform');
      return;
    }
    this.output.write(`Processing:\n${formatMessage({ ...order, responses: [] })}\n`);
    member.apply(order.entries);
    this.#respond(order);
  }

  /** Delivers or drops the messages for some nodes, of one type when that is given. */
  deliver(recipients: readonly Recipient[], type?: string): number {
    let count = 0;
    for (const { id, drop } of recipients) {
      const [taken, left] = this.#split(id, drop, type);
      this.messages = left;
      count += taken.length;
      for (const message of taken) this.#deliver(message, drop);
    }
    return count;
  }

  /** Whether messages for a node are on their way. */
  hasMessagesFor(id: number): boolean {
    return this.messages.some(({ to }) => to === id);
  }

  /** Lets nodes work and talk until nothing is left to do. */
  stabilize(members: readonly Member[]): void {
    while (this.#round(members));
  }

  /** Sends a snapshot that no node asked for. */
  sendSnapshot(from: Member, to: number): void {
    const { term } = from.node.status();
    const snapshot = from.latestSnapshot;
    const message = raftMessage({ type: 'snapshot', from: from.id, to, term, snapshot });
    this.messages.push(message);
    this.output.write(formatMessage(message));
  }

  #round(members: readonly Member[]): boolean {
    let busy = false;
    const each = (title: string, isDue: (member: Member) => boolean, act: (m: Member) => void) => {
      for (const member of members) {
        if (!isDue(member)) continue;
        this.output.write(`> ${member.id} ${title}\n`);
        this.output.indented(() => act(member));
        busy = true;
      }
    };
    each(
      'handling Ready',
      ({ node }) => node.hasReady,
      (member) => this.processReady(member),
    );
    each(
      'receiving messages',
      ({ id }) => this.hasMessagesFor(id),
      ({ id }) => this.deliver([{ id, drop: false }]),
    );
    each(
      'processing append thread',
      ({ appendWork }) => appendWork.length > 0,
      (member) => {
        while (member.appendWork.length > 0) this.processAppend(member);
      },
    );
    each(
      'processing apply thread',
      ({ applyWork }) => applyWork.length > 0,
      (member) => {
        while (member.applyWork.length > 0) this.processApply(member);
      },
    );
    return busy;
  }

  #respond({ responses }: Message): void {
    this.output.write('Responses:\n');
    for (const response of responses) this.output.write(`${formatMessage(response)}\n`);
    this.messages.push(...responses);
  }

  #deliver(message: Message, drop: boolean): void {
    this.output.write(`${drop ? 'dropped: ' : ''}${formatMessage(message)}\n`);
    if (drop) return;
    const { node } = this.member(message.to);
    try {
      if (isLocal(message)) {
        node.storageDone(message);
      } else if (node.step(message) === 'unknown-peer') {
        this.output.write('raft: cannot step as peer not found\n');
      }
    } catch (error) {
      if (!isDwcpError(error)) throw error;
      this.output.write(`${error.message}\n`);
    }
  }

  /** The messages for a node and the others. What a node tells itself cannot be lost. */
  #split(id: number, drop: boolean, type: string | undefined): [Message[], Message[]] {
    const taken: Message[] = [];
    const left: Message[] = [];
    for (const message of this.messages) {
      const fits = message.to === id && !(drop && isLocal(message));
      const isTyped = type === undefined || message.type === type;
      (fits && isTyped ? taken : left).push(message);
    }
    return [taken, left];
  }
}

function isLocal({ from, to, type }: Message): boolean {
  if (from === to) return type !== 'transfer-leader';
  return from === appendThread || from === applyThread;
}
