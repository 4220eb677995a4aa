/** A cluster in which anything may happen, decided by a seed. */
import type { ConfChangeStep, Message, NodeId } from '@dwcp/acp';
import type { Random } from '@dwcp/core';
import { seededRandom } from '@dwcp/core';
import type { Server, ServerOptions } from './cluster.ts';
import { bytes, Cluster } from './cluster.ts';
import { Safety } from './safety.ts';

/** What happened, to see that a run was worth something. */
export interface Tally {
  steps: number;
  lost: number;
  doubled: number;
  restarts: number;
  elections: number;
  changes: number;
  snapshots: number;
  committed: number;
}

/** The highest number of messages on their way; the oldest are lost then. */
const maxOnTheWay = 500;

/** Runs a cluster through `steps` random events, and then heals it. */
export class Chaos {
  readonly tally: Tally = {
    steps: 0,
    lost: 0,
    doubled: 0,
    restarts: 0,
    elections: 0,
    changes: 0,
    snapshots: 0,
    committed: 0,
  };
  readonly cluster: Cluster;
  readonly #safety = new Safety();
  readonly #random: Random;
  readonly #lossPercent: number;
  #cut: ReadonlySet<NodeId> = new Set();

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.#random = random;
    this.#lossPercent = random.integer(20);
    const size = 1 + random.integer(5);
    const voters = Array.from({ length: size }, (_, at) => at + 1);
    this.cluster = new Cluster(voters, optionsOf(random), [], 1);
    for (const server of this.cluster.servers.values()) this.#watch(server);
  }

  /** Lets so many things happen. */
  run(steps: number): void {
    for (let at = 0; at < steps; at += 1) {
      this.tally.steps += 1;
      this.#event();
      if (at % 64 === 0) this.#safety.matchLogs(this.cluster.servers.values());
    }
    this.#safety.matchLogs(this.cluster.servers.values());
  }

  /** Ends all faults and waits until a new proposal is applied by every member. */
  heal(): void {
    this.#cut = new Set();
    for (let round = 0; round < 2000; round += 1) {
      for (const server of this.cluster.servers.values()) {
        server.node.tick();
        this.#work(server, Infinity);
      }
      for (const message of this.cluster.inbox.splice(0)) this.#deliver(message);
      const leader = this.#leader();
      leader?.node.propose(bytes('healed'));
      if (leader !== undefined && this.#isHealed(leader)) return;
    }
    throw new Error('the cluster did not recover');
  }

  #isHealed(leader: Server): boolean {
    const { voters, votersOutgoing, learners } = leader.node.status().confState;
    return [...voters, ...votersOutgoing, ...learners].every((id) =>
      this.cluster.servers.get(id)?.payloads.includes('healed'),
    );
  }

  #event(): void {
    const server = this.#anyServer();
    const dice = this.#random.integer(1000);
    if (dice < 400) this.#deliverOne();
    else if (dice < 600) this.#work(server, 1);
    else if (dice < 800) server.node.tick();
    else if (dice < 920) server.node.propose(bytes(`p${this.tally.steps}`));
    else if (dice < 930) this.#restart(server);
    else if (dice < 940) this.#change(server);
    else if (dice < 950) this.#cutSome();
    else if (dice < 960) this.#cut = new Set();
    else if (dice < 970) server.compact();
    else if (dice < 975) server.node.campaign();
    else if (dice < 980) server.node.transferLeadership(this.#anyServer().id);
    else if (dice < 990) server.node.readIndex(bytes('r'));
    else if (dice < 995) server.node.reportUnreachable(this.#anyServer().id);
    else server.node.reportSnapshot(this.#anyServer().id, this.#random.integer(2) === 0);
    this.#safety.look(server);
  }

  /** Does some of the work of a node: its ready, and its writes where storage is asynchronous. */
  #work(server: Server, amount: number): void {
    const { inbox } = this.cluster;
    for (let done = 0; done < amount; done += 1) {
      const before = server.appendWork.length + server.applyWork.length;
      if (!server.node.hasReady && before === 0) break;
      if (server.node.hasReady) inbox.push(...server.workOnce());
      if (this.#random.integer(2) === 0) inbox.push(...server.store());
      else inbox.push(...server.apply());
      this.#safety.look(server);
    }
    if (inbox.length <= maxOnTheWay) return;
    for (const message of inbox.splice(0, maxOnTheWay / 2)) this.#lose(message);
  }

  #deliverOne(): void {
    const { inbox } = this.cluster;
    if (inbox.length === 0) return;
    const at = this.#random.integer(inbox.length);
    const [message] = inbox.splice(at, 1);
    if (message === undefined) return;
    const chance = this.#random.integer(100);
    if (this.#cut.has(message.from) !== this.#cut.has(message.to) || chance < this.#lossPercent) {
      this.#lose(message);
      return;
    }
    if (chance >= 90) {
      this.tally.doubled += 1;
      inbox.push(message);
    }
    this.#deliver(message);
  }

  #deliver(message: Message): void {
    const server = this.cluster.servers.get(message.to);
    if (server === undefined) return;
    if (message.type === 'snapshot') {
      this.tally.snapshots += 1;
      this.#report(message, true);
    }
    const { role } = server.node.status();
    server.node.step(message);
    if (role !== 'leader' && server.node.status().role === 'leader') this.tally.elections += 1;
    this.#safety.look(server);
  }

  #lose(message: Message): void {
    this.tally.lost += 1;
    if (message.type === 'snapshot') this.#report(message, false);
  }

  /** A transport tells what became of a snapshot: without that the leader would wait forever. */
  #report({ from, to }: Message, arrived: boolean): void {
    this.cluster.servers.get(from)?.node.reportSnapshot(to, arrived);
  }

  /** A crash: what was not stored is lost, and so is what was on its way from there. */
  #restart(server: Server): void {
    this.tally.restarts += 1;
    this.#safety.restart(server.id);
    server.restart();
  }

  #change(server: Server): void {
    if (server.node.status().role !== 'leader') return;
    const nodeId = 1 + this.#random.integer(7);
    if (!this.cluster.servers.has(nodeId)) this.#watch(this.cluster.add(nodeId));
    const types = ['add-voter', 'add-learner', 'remove'] as const;
    const steps: ConfChangeStep[] = [{ type: types[this.#random.integer(3)] ?? 'remove', nodeId }];
    const other = 1 + this.#random.integer(5);
    const isJoint = this.#random.integer(2) === 0;
    if (isJoint && other !== nodeId && this.cluster.servers.has(other)) {
      steps.push({ type: 'add-voter', nodeId: other });
    }
    const { voters } = server.node.status().confState;
    // A leader that removes itself from a pair, and whose last words are lost, leaves the other one
    // waiting for its vote: that is why leadership is to be handed over first.
    if (voters.length < 3 && steps.some((step) => step.nodeId === server.id)) return;
    const staying = new Set([...voters, ...steps.filter(isAdd).map((step) => step.nodeId)]);
    for (const { type, nodeId: id } of steps) if (type !== 'add-voter') staying.delete(id);
    if (staying.size < 1) return;
    this.tally.changes += 1;
    server.node.proposeConfChange({ transition: isJoint ? 'implicit' : 'auto', changes: steps });
  }

  #cutSome(): void {
    const ids = [...this.cluster.servers.keys()];
    this.#cut = new Set(ids.filter(() => this.#random.integer(3) === 0));
  }

  #anyServer(): Server {
    const ids = [...this.cluster.servers.keys()];
    return this.cluster.get(ids[this.#random.integer(ids.length)] ?? 1);
  }

  #leader(): Server | undefined {
    const leaders = [...this.cluster.servers.values()].filter(
      ({ node }) => node.status().role === 'leader',
    );
    return leaders.toSorted((a, b) => b.node.status().term - a.node.status().term)[0];
  }

  #watch(server: Server): void {
    server.onApply = (entry) => {
      this.tally.committed += 1;
      this.#safety.apply(server.id, entry);
    };
  }
}

function isAdd({ type }: ConfChangeStep): boolean {
  return type === 'add-voter';
}

function optionsOf(random: Random): ServerOptions {
  const isOn = () => random.integer(2) === 0;
  return {
    preVote: isOn(),
    checkQuorum: isOn(),
    asyncStorageWrites: isOn(),
    electionTicks: 3 + random.integer(5),
    maxInflightMessages: 1 + random.integer(8),
    maxMessageBytes: 1 + random.integer(100),
    maxApplyingBytes: 1 + random.integer(200),
  };
}
