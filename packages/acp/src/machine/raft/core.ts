/**
 * The state of one Raft node and the steps that change its role. The rules that drive it stand in
 * the modules beside: elections, replication, proposals and so on.
 */
import type { Logger } from '@dwcp/core';
import { DwcpError } from '@dwcp/core';
import { restoreMembership } from './conf-state.ts';
import { describeConfig, name } from './describe.ts';
import { payloadBytes } from './entry-size.ts';
import { Log } from './log.ts';
import type { Membership, NewcomerOptions } from './membership.ts';
import type { Draft, Message } from './message.ts';
import { draft } from './message.ts';
import type { Settings } from './options.ts';
import type { Progress } from './progress.ts';
import { ReadQueue } from './reads.ts';
import { Tracker } from './tracker.ts';
import type { Entry, HardState, NodeId, ReadState, Role, SoftState } from './types.ts';
import { maxCounter, makeEntry, noData, noNode } from './types.ts';

/** One Raft node. The modules beside change its fields; users see {@link RaftMachine}. */
export class Core {
  /** This node. */
  readonly id: NodeId;
  /** How it is set up. */
  readonly settings: Settings;
  /** The log. */
  readonly log: Log;
  /** The members and what is known of them. */
  readonly tracker: Tracker = new Tracker();
  /** Where log lines go. */
  readonly logger: Logger | undefined;
  /** The latest term seen. */
  term = 0;
  /** Who got the vote of this term. */
  vote: NodeId = noNode;
  /** What the node is doing. */
  role: Role = 'follower';
  /** The leader of this term as far as known. */
  lead: NodeId = noNode;
  /** The node that leadership is being handed to (Raft thesis, §3.10). */
  transferee: NodeId = noNode;
  /** A leader accepts a membership change only when it has applied up to here. */
  pendingConfIndex = 0;
  /** Payload bytes of uncommitted entries, as far as this leader knows. */
  uncommittedBytes = 0;
  /** Messages to be sent. */
  messages: Message[] = [];
  /** Messages to be sent when everything that was handed to the storage before is stable. */
  afterAppend: Message[] = [];
  /** Answers to this node's own reads. */
  readStates: ReadState[] = [];
  /** Reads that wait for a quorum. */
  reads: ReadQueue = new ReadQueue();
  /** Reads that wait for the first commit of this term. */
  postponedReads: Message[] = [];
  /** Ticks since the leader was heard of; on a leader since the last check of the quorum. */
  electionElapsed = 0;
  /** Ticks since the last heartbeat. */
  heartbeatElapsed = 0;
  /** Ticks without a leader after which this node stands for election. */
  electionTimeout = 0;

  constructor(settings: Settings) {
    this.id = settings.id;
    this.settings = settings;
    this.logger = settings.logger;
    const { hardState, confState } = settings.storage.initialState();
    this.log = new Log(settings.storage, settings.logger, settings.maxApplyingBytes);
    this.useMembership(restoreMembership(confState, this.newcomers));
    this.#load(hardState);
    if (settings.applied > 0) this.log.appliedTo(settings.applied, 0);
    this.becomeFollower(this.term, noNode);
    this.logger?.log(
      'info',
      `newRaft ${name(this.id)} [peers: [${this.tracker
        .voters()
        .map(({ id }) => name(id))
        .join(',')}], term: ${this.term}, commit: ${this.log.committed}, ` +
        `applied: ${this.log.applied}, lastindex: ${this.log.lastIndex}, ` +
        `lastterm: ${this.log.lastTerm}]`,
    );
  }

  /** What a node that joins starts with. */
  get newcomers(): NewcomerOptions {
    const { maxInflightMessages, maxInflightBytes } = this.settings;
    return { lastIndex: this.log.lastIndex, maxInflightMessages, maxInflightBytes };
  }

  /** The part of the state that need not be kept. */
  get softState(): SoftState {
    return { lead: this.lead, role: this.role };
  }

  /** The part of the state that must be kept. */
  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  /** What this node knows of itself as a member; undefined when it is none. */
  get own(): Progress | undefined {
    return this.tracker.get(this.id);
  }

  /** Whether it may stand for election: a voter that is not restoring a snapshot. */
  get isPromotable(): boolean {
    const { own } = this;
    return own !== undefined && !own.isLearner && this.log.unstable.snapshot === undefined;
  }

  /** Whether an entry of this term is committed: before that a leader may not know the commit index. */
  get hasCommittedInTerm(): boolean {
    return this.log.term(this.log.committed) === this.term;
  }

  /** Acts on another membership from now on. */
  useMembership(membership: Membership): void {
    this.tracker.use(membership);
    this.logger?.log(
      'info',
      `${name(this.id)} switched to configuration ${describeConfig(membership.config)}`,
    );
  }

  /** Sends a message of this term. */
  send(message: Draft): void {
    message.from = this.id;
    message.term = this.term;
    this.messages.push(message);
  }

  /**
   * Sends a message of this term once all state so far is stable. A vote or an acknowledgement that
   * left before would be forgotten by a crash, and given twice (Raft thesis, §3.8).
   */
  sendWhenStable(message: Draft, term: number = this.term): void {
    message.from = this.id;
    message.term = term;
    this.afterAppend.push(message);
  }

  /** Follows `lead`, or waits for a leader, in `term`. */
  becomeFollower(term: number, lead: NodeId): void {
    this.#reset(term);
    this.lead = lead;
    this.role = 'follower';
    this.logger?.log('info', `${name(this.id)} became follower at term ${this.term}`);
  }

  /** Stands for election in the next term, with its own vote. */
  becomeCandidate(): void {
    if (this.term >= maxCounter) {
      throw new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', `no term follows ${this.term}`);
    }
    this.#reset(this.term + 1);
    this.vote = this.id;
    this.role = 'candidate';
    this.logger?.log('info', `${name(this.id)} became candidate at term ${this.term}`);
  }

  /** Asks whether it could win an election; changes neither term nor vote (Raft thesis, §9.6). */
  becomePreCandidate(): void {
    this.tracker.resetVotes();
    this.lead = noNode;
    this.role = 'pre-candidate';
    this.logger?.log('info', `${name(this.id)} became pre-candidate at term ${this.term}`);
  }

  /** Leads this term, and begins it with an empty entry (Raft thesis, §6.4 and paper §8). */
  becomeLeader(): void {
    this.#reset(this.term);
    this.lead = this.id;
    this.role = 'leader';
    const { own } = this;
    own?.becomeReplicate();
    if (own !== undefined) own.recentActive = true;
    // There may be a change in the uncommitted tail: rather than look, wait until it is applied.
    this.pendingConfIndex = this.log.lastIndex;
    this.appendOwn([makeEntry('normal', 0, 0, noData)]);
    this.logger?.log('info', `${name(this.id)} became leader at term ${this.term}`);
  }

  /** A leader adds proposals to its log. False when too much is uncommitted already. */
  appendOwn(proposals: readonly Entry[]): boolean {
    if (!this.#reserve(payloadBytes(proposals))) return false;
    const from = this.log.lastIndex + 1;
    if (from + proposals.length > maxCounter) {
      throw new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', `no index follows ${from - 1}`);
    }
    const { term } = this;
    this.log.append(proposals.map(({ type, data }, at) => makeEntry(type, term, from + at, data)));
    // A leader counts itself when the entries are stable here, like any follower.
    const ack = draft('append-response', this.id);
    ack.index = this.log.lastIndex;
    this.sendWhenStable(ack);
    return true;
  }

  /** Committed payload no longer counts as uncommitted. */
  releaseUncommitted(bytes: number): void {
    this.uncommittedBytes = Math.max(0, this.uncommittedBytes - bytes);
  }

  /** Empty payloads always pass, and anything passes when nothing is uncommitted. */
  #reserve(bytes: number): boolean {
    const sum = this.uncommittedBytes + bytes;
    if (this.uncommittedBytes > 0 && bytes > 0 && sum > this.settings.maxUncommittedBytes) {
      this.logger?.log(
        'warn',
        `${name(this.id)} appending new entries to log would exceed uncommitted entry size ` +
          'limit; dropping proposal',
      );
      return false;
    }
    this.uncommittedBytes = sum;
    return true;
  }

  #reset(term: number): void {
    if (this.term !== term) {
      this.term = term;
      this.vote = noNode;
    }
    this.lead = noNode;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    const { electionTicks, random } = this.settings;
    this.electionTimeout = electionTicks + random.integer(electionTicks);
    this.transferee = noNode;
    this.tracker.resetVotes();
    const { lastIndex } = this.log;
    for (const progress of this.tracker.all) {
      progress.restart(progress.id === this.id ? lastIndex : 0, lastIndex + 1);
    }
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.reads = new ReadQueue();
    this.postponedReads = [];
  }

  #load({ term, vote, commit }: HardState): void {
    if (term === 0 && vote === noNode && commit === 0) return;
    const { committed, lastIndex } = this.log;
    if (commit > lastIndex) {
      throw new DwcpError(
        'ERR_DWCP_INVALID_STATE',
        `the stored commit index ${commit} is beyond ${lastIndex}, the end of the stored log`,
      );
    }
    // The log may have been compacted after the commit index was stored; a snapshot is committed.
    this.log.committed = Math.max(commit, committed);
    this.term = term;
    this.vote = vote;
  }
}
