/** Nodes in one process, with their storage and a network that tests hold in their hands. */
import type {
  ConfChange,
  Entry,
  LogView,
  MemoryLog,
  Message,
  NodeId,
  RaftOptions,
  Ready,
  ReadState,
  Snapshot,
} from '@dwcp/acp';
import { appendThread, applyThread, memoryLog } from '@dwcp/acp';
import type { Random } from '@dwcp/core';
import { seededRandom } from '@dwcp/core';
import { decodeConfChange } from '../../src/machine/raft/conf-change-codec.ts';
import { RaftNode } from '../../src/machine/raft/node.ts';
import { settingsOf } from '../../src/machine/raft/options.ts';
import { emptyConfState, noData } from '../../src/machine/raft/types.ts';

/** Options that tests may change; everything is off or unlimited unless a test says so. */
export type ServerOptions = Partial<Omit<RaftOptions, 'id' | 'storage' | 'random'>>;

const plain: ServerOptions = { checkQuorum: false, preVote: false };

function ignore(): void {}

function nothingIsLost(): boolean {
  return false;
}

/** The bytes of a text. */
export function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** The text of bytes. */
export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/**
 * What a cluster begins with. Behind a snapshot at index 1 later members need that snapshot, and
 * learn the first voters from it; from index 0 they would get the log alone.
 */
function firstSnapshot(
  voters: readonly NodeId[],
  learners: readonly NodeId[],
  index: number,
): Snapshot {
  const confState = { ...emptyConfState, voters, learners };
  return { index, term: index, confState, data: noData };
}

/** A node with its storage and its state machine: a list of entries. */
export class Server {
  readonly id: NodeId;
  readonly log: MemoryLog;
  node: RaftNode;
  /** The state machine: the payloads it was given, in order. */
  payloads: string[] = [];
  /** How many entries it was given since the last restart. */
  appliedCount = 0;
  readStates: ReadState[] = [];
  appendWork: Message[] = [];
  applyWork: Message[] = [];
  /** Called for every entry that is applied. */
  onApply: (entry: Entry) => void = ignore;
  readonly #options: ServerOptions;
  readonly #random: Random;

  constructor(id: NodeId, start: Snapshot, options: ServerOptions) {
    this.id = id;
    this.log = memoryLog(start);
    this.#options = { ...plain, ...options };
    this.#random = seededRandom(id);
    this.node = this.#boot();
  }

  /** Terms of the whole log, from its first index on. */
  get terms(): number[] {
    const { firstIndex, lastIndex } = this.node.status();
    const length = lastIndex - firstIndex + 1;
    return Array.from({ length }, (_, at) => this.node.core.log.term(firstIndex + at) ?? 0);
  }

  /** Does all the work there is, and returns the messages to other nodes. */
  work(): Message[] {
    const sent: Message[] = [];
    while (this.node.hasReady) sent.push(...this.workOnce());
    return sent;
  }

  /** Does the work of one ready. Asynchronous storage is left to {@link store} and {@link apply}. */
  workOnce(): readonly Message[] {
    const ready = this.node.ready();
    this.readStates.push(...ready.readStates);
    if (this.#options.asyncStorageWrites === true) return this.#sortOut(ready);
    if (ready.hardState !== undefined) this.log.setHardState(ready.hardState);
    if (ready.snapshot !== undefined) this.#restore(ready.snapshot);
    this.log.append(ready.entries);
    this.#apply(ready.committedEntries);
    this.node.advance();
    return ready.messages;
  }

  /** Finishes the oldest write; returns what may now be sent. */
  store(): Message[] {
    const order = this.appendWork.shift();
    if (order === undefined) return [];
    const { term, vote, commit, snapshot, entries } = order;
    if (term !== 0) this.log.setHardState({ term, vote, commit });
    if (snapshot !== undefined) this.#restore(snapshot);
    this.log.append(entries);
    return this.#respond(order);
  }

  /** Applies the oldest batch. */
  apply(): Message[] {
    const order = this.applyWork.shift();
    if (order === undefined) return [];
    this.#apply(order.entries);
    return this.#respond(order);
  }

  /** Makes a snapshot of what is applied and drops the log up to it. */
  compact(): void {
    const { applied, confState } = this.node.status();
    if (applied < this.log.firstIndex() || applied > this.log.lastIndex()) return;
    this.log.createSnapshot(applied, confState, this.#stateData);
    this.log.compact(applied);
  }

  /** Crashes and starts again from what is stored; what is applied is applied again. */
  restart(): void {
    this.appendWork = [];
    this.applyWork = [];
    this.appliedCount = 0;
    this.#loadState(this.log.snapshot() ?? firstSnapshot([], [], 0));
    this.node = this.#boot();
  }

  get #stateData(): Uint8Array {
    return bytes(JSON.stringify(this.payloads));
  }

  #loadState({ data }: Snapshot): void {
    this.payloads = data.length === 0 ? [] : JSON.parse(text(data));
  }

  /**
   * The stored log; asked for a snapshot it makes one of the state as it is: an older one might lack
   * the change that made the follower a member.
   */
  #view(): LogView {
    const { log } = this;
    return {
      initialState: () => log.initialState(),
      firstIndex: () => log.firstIndex(),
      lastIndex: () => log.lastIndex(),
      term: (index) => log.term(index),
      entries: (low, high, maxBytes) => log.entries(low, high, maxBytes),
      snapshot: () => this.#current(),
    };
  }

  #current(): Snapshot | undefined {
    const { applied, confState } = this.node.status();
    const term = this.log.term(applied);
    return term === undefined
      ? undefined
      : { index: applied, term, confState, data: this.#stateData };
  }

  #boot(): RaftNode {
    const { id } = this;
    const storage = this.#view();
    const random = this.#random;
    return new RaftNode(settingsOf({ ...this.#options, id, storage, random }));
  }

  #sortOut({ messages }: Ready): Message[] {
    const sent: Message[] = [];
    for (const message of messages) {
      if (message.to === appendThread) this.appendWork.push(message);
      else if (message.to === applyThread) this.applyWork.push(message);
      else sent.push(message);
    }
    return sent;
  }

  #respond({ responses }: Message): Message[] {
    const sent: Message[] = [];
    for (const response of responses) {
      if (response.to === this.id) this.node.storageDone(response);
      else sent.push(response);
    }
    return sent;
  }

  #restore(snapshot: Snapshot): void {
    this.log.applySnapshot(snapshot);
    this.#loadState(snapshot);
  }

  #apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.appliedCount += 1;
      if (entry.type === 'normal' && entry.data.length > 0) this.payloads.push(text(entry.data));
      this.onApply(entry);
      if (entry.type !== 'normal') this.node.applyConfChange(decodeConfChange(entry));
    }
  }
}

/** Servers and the messages between them. */
export class Cluster {
  readonly servers: Map<NodeId, Server> = new Map();
  /** Messages on their way. */
  inbox: Message[] = [];
  /** Whether a message is lost. */
  isLost: (message: Message) => boolean = nothingIsLost;
  readonly #start: Snapshot;
  readonly #options: ServerOptions;

  constructor(
    voters: readonly NodeId[],
    options: ServerOptions = {},
    learners: readonly NodeId[] = [],
    index: 0 | 1 = 0,
  ) {
    this.#start = firstSnapshot(voters, learners, index);
    this.#options = options;
    for (const id of [...voters, ...learners]) this.add(id, this.#start);
  }

  /** Adds a server, by default one that knows nobody. */
  add(id: NodeId, start: Snapshot = firstSnapshot([], [], 0)): Server {
    const server = new Server(id, start, this.#options);
    this.servers.set(id, server);
    return server;
  }

  /** The server with a number. */
  get(id: NodeId): Server {
    const server = this.servers.get(id);
    if (server === undefined) throw new Error(`no server ${id}`);
    return server;
  }

  /** Lets servers work and talk until nothing is left. */
  settle(): void {
    for (let round = 0; round < 10_000; round += 1) {
      for (const server of this.servers.values()) this.inbox.push(...server.work());
      const batch = this.inbox;
      this.inbox = [];
      if (batch.length === 0) return;
      for (const message of batch) if (!this.isLost(message)) this.deliver(message);
    }
    throw new Error('the servers never stop talking');
  }

  /** Delivers one message. */
  deliver(message: Message): void {
    this.servers.get(message.to)?.node.step(message);
  }

  /** Elects a node and lets all settle. */
  elect(id: NodeId): Server {
    const server = this.get(id);
    server.node.campaign();
    this.settle();
    return server;
  }

  /** Lets time pass for one node. */
  tick(id: NodeId, ticks: number): void {
    for (let passed = 0; passed < ticks; passed += 1) this.get(id).node.tick();
  }

  /** Proposes at a node, as text, and lets all settle. */
  propose(id: NodeId, data: string): void {
    this.get(id).node.propose(bytes(data));
    this.settle();
  }

  /** Proposes a membership change at a node and lets all settle. */
  reconfigure(id: NodeId, change: ConfChange): void {
    this.get(id).node.proposeConfChange(change);
    this.settle();
  }

  /** Loses all messages between two groups: the given nodes and the others. */
  isolate(...ids: readonly NodeId[]): void {
    const inside = new Set(ids);
    this.isLost = ({ from, to }) => inside.has(from) !== inside.has(to);
  }

  /** Loses nothing from now on. */
  heal(): void {
    this.isLost = nothingIsLost;
  }
}
