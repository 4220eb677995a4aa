/**
 * How many proposals a second the machine alone commits: no disk, no network, no encoding; memory
 * logs, one process. `node --conditions=@dwcp/source packages/acp/test/measure/main.ts`.
 */
import type { MemoryLog, Message, RaftMachine } from '@dwcp/acp';
import { memoryLog, raftMachine } from '@dwcp/acp';
import { seededRandom } from '@dwcp/core';

interface Peer {
  readonly machine: RaftMachine;
  readonly log: MemoryLog;
  applied: number;
}

const payload = new Uint8Array(256);

/** Peers that elect the first one. */
function group(size: number): Peer[] {
  const voters = Array.from({ length: size }, (_, at) => at + 1);
  const confState = {
    voters,
    votersOutgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
  };
  const peers = voters.map((id): Peer => {
    const log = memoryLog({ index: 1, term: 1, confState, data: new Uint8Array() });
    const machine = raftMachine({ id, storage: log, random: seededRandom(id), preVote: false });
    return { machine, log, applied: 0 };
  });
  peers[0]?.machine.campaign();
  settle(peers);
  return peers;
}

/** Lets the peers work and talk until nothing is left. */
function settle(peers: readonly Peer[]): void {
  let busy = true;
  while (busy) {
    busy = false;
    for (const peer of peers) {
      while (peer.machine.hasReady) {
        busy = true;
        work(peer, (message) => peers[message.to - 1]?.machine.step(message));
      }
    }
  }
}

function work(peer: Peer, send: (message: Message) => void): void {
  const { machine, log } = peer;
  const ready = machine.ready();
  if (ready.hardState !== undefined) log.setHardState(ready.hardState);
  log.append(ready.entries);
  for (const message of ready.messages) send(message);
  peer.applied += ready.committedEntries.length;
  machine.advance();
  // A log that is never cut would measure the garbage collector.
  if (log.lastIndex() - log.firstIndex() > 100_000) log.compact(machine.status().applied);
}

/** Committed proposals a second with so many clients that each wait for their own. */
function rate(size: number, clients: number, isBatch: boolean): number {
  const peers = group(size);
  const [leader] = peers;
  if (leader === undefined) return 0;
  const batch = Array.from({ length: clients }, () => payload);
  const round = () => {
    if (isBatch) leader.machine.proposeBatch(batch);
    else for (const data of batch) leader.machine.propose(data);
    settle(peers);
  };
  for (let warm = 0; warm * clients < 20_000; warm += 1) round();
  const before = leader.applied;
  const start = performance.now();
  while (performance.now() - start < 1000) round();
  return ((leader.applied - before) / (performance.now() - start)) * 1000;
}

console.log('committed proposals of 256 B a second: nodes, clients, one by one, as a batch');
for (const size of [1, 3]) {
  for (const clients of [1, 64, 256, 4096]) {
    const alone = Math.round(rate(size, clients, false));
    const together = Math.round(rate(size, clients, true));
    console.log(`${size}  ${String(clients).padStart(4)}  ${alone}  ${together}`);
  }
}
