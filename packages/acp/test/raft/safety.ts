/** What must hold in every state of a cluster (Raft paper, figure 3), checked while it runs. */
import type { Entry, NodeId } from '@dwcp/acp';
import type { Server } from './cluster.ts';
import { text } from './cluster.ts';

/** Remembers what was seen, and throws when something contradicts it. */
export class Safety {
  /** Who led each term. */
  readonly #leaders = new Map<number, NodeId>();
  /** What was committed, by index. */
  readonly #committed = new Map<number, string>();
  /** The entry before each entry, and its content: logs with the same entry agree on both. */
  readonly #entries = new Map<string, string>();
  /** The commit index of each node since its last start. */
  readonly #commits = new Map<NodeId, number>();
  /** The term of each node since its last start. */
  readonly #terms = new Map<NodeId, number>();

  /** An entry was applied: the same at this index everywhere (state machine safety). */
  apply(id: NodeId, entry: Entry): void {
    const content = contentOf(entry);
    const known = this.#committed.get(entry.index) ?? content;
    if (known !== content) {
      throw new Error(`node ${id} applied ${content} at ${entry.index} instead of ${known}`);
    }
    this.#committed.set(entry.index, content);
  }

  /** A node has started again. */
  restart(id: NodeId): void {
    this.#commits.delete(id);
    this.#terms.delete(id);
  }

  /** A look at a node after something happened to it. */
  look({ id, node }: Server): void {
    const { role, term, commit, applied, lastIndex } = node.status();
    if (term < (this.#terms.get(id) ?? 0)) throw new Error(`node ${id} went back to term ${term}`);
    this.#terms.set(id, term);
    if (commit < (this.#commits.get(id) ?? 0)) throw new Error(`node ${id} uncommitted ${commit}`);
    this.#commits.set(id, commit);
    if (applied > commit || commit > lastIndex) {
      throw new Error(`node ${id}: applied ${applied}, commit ${commit}, last ${lastIndex}`);
    }
    if (role !== 'leader') return;
    const leader = this.#leaders.get(term) ?? id;
    if (leader !== id) throw new Error(`nodes ${leader} and ${id} lead term ${term}`);
    if (!this.#leaders.has(term)) this.#checkComplete(id, node);
    this.#leaders.set(term, id);
  }

  /** Every entry in the logs: equal index and term means an equal log up to there (log matching). */
  matchLogs(servers: Iterable<Server>): void {
    for (const { id, node } of servers) {
      const { firstIndex, lastIndex } = node.status();
      const { log } = node.core;
      const entries = log.slice(firstIndex, lastIndex + 1, Infinity) ?? [];
      for (const entry of entries) {
        const key = `${entry.index}/${entry.term}`;
        const value = `${log.term(entry.index - 1)} ${contentOf(entry)}`;
        const known = this.#entries.get(key) ?? value;
        if (known !== value) throw new Error(`node ${id} has ${value} at ${key}, not ${known}`);
        this.#entries.set(key, value);
      }
    }
  }

  /** A new leader has everything that was ever committed (leader completeness). */
  #checkComplete(id: NodeId, node: Server['node']): void {
    const { firstIndex } = node.status();
    for (const [index, content] of this.#committed) {
      if (index < firstIndex) continue;
      const [entry] = node.core.log.slice(index, index + 1, Infinity) ?? [];
      const mine = entry === undefined ? 'nothing' : contentOf(entry);
      if (mine !== content) throw new Error(`leader ${id} has ${mine} at ${index}, not ${content}`);
    }
  }
}

function contentOf({ term, type, data }: Entry): string {
  return `${term} ${type} ${type === 'normal' ? text(data) : data.join()}`;
}
