/** How a Raft node is set up. */
import type { Logger, Random } from '@dwcp/core';
import { DwcpError } from '@dwcp/core';
import type { LogView } from './log-view.ts';
import type { NodeId } from './types.ts';
import { maxCounter } from './types.ts';

/** Options of {@link raftMachine}. Times are in ticks: the driver decides how long one is. */
export interface RaftOptions {
  /** This node, in 1 … 2^53 - 1. Never reused for another node of the same cluster. */
  readonly id: NodeId;
  /** The stable log, which the driver writes. */
  readonly storage: LogView;
  /** Where the spread of election timeouts comes from. */
  readonly random: Random;
  /**
   * Ticks without a word from a leader after which a node stands for election; each node waits a
   * random time in 1 … 2 times this, so that they rarely stand together (Raft paper, §5.2). Also
   * how long a lease lasts. Above {@link heartbeatTicks}; default 10.
   */
  readonly electionTicks?: number;
  /** Ticks between the heartbeats of a leader, from 1. Default 1. */
  readonly heartbeatTicks?: number;
  /** The last index that the state machine had applied and kept before a restart. Default none. */
  readonly applied?: number;
  /**
   * Lets the storage work while Raft goes on: writes are handed out as `storage-` messages whose
   * responses come back when they are done, in place of `advance`. Default false.
   */
  readonly asyncStorageWrites?: boolean;
  /** Bytes of entries in one append message; one entry may be larger. From 1; default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Bytes of entries handed out to be applied and not yet applied. Default `maxMessageBytes`. */
  readonly maxApplyingBytes?: number;
  /** Payload bytes a leader holds uncommitted before it refuses proposals. Default 64 MiB. */
  readonly maxUncommittedBytes?: number;
  /** Append messages on their way to one follower. From 1; default 256. */
  readonly maxInflightMessages?: number;
  /** Payload bytes on their way to one follower; ≥ `maxMessageBytes`. Default: no limit. */
  readonly maxInflightBytes?: number;
  /**
   * A leader that has not heard of a quorum for an election timeout steps down, and a follower
   * that hears of its leader refuses to elect another (Raft thesis, §6.2 and §4.2.3). Default true.
   */
  readonly checkQuorum?: boolean;
  /** A node asks whether it could win before it disturbs a leader (Raft thesis, §9.6). Default true. */
  readonly preVote?: boolean;
  /**
   * How a leader makes sure that it still leads before it serves a read: `safe` asks a quorum;
   * `lease` trusts the clocks, needs `checkQuorum`, and is wrong when clocks run at different
   * speeds (Raft thesis, §6.4). Default `safe`.
   */
  readonly reads?: 'safe' | 'lease';
  /** Reads that a leader keeps until a quorum has confirmed it; more are refused. Default 65536. */
  readonly maxPendingReads?: number;
  /** Whether a follower sends proposals on to its leader. Default true. */
  readonly forwardProposals?: boolean;
  /**
   * Whether a leader turns membership changes that do not fit the configuration it knows into empty
   * entries. Only switch it off when something above Raft puts changes in order. Default true.
   */
  readonly validateConfChanges?: boolean;
  /** Whether a leader that a change removes or demotes steps down. Default true. */
  readonly stepDownOnRemoval?: boolean;
  /** Gets a line for what happens. Default: none is written, or even put together. */
  readonly logger?: Logger;
}

/** The options with their defaults filled in. */
export type Settings = Required<Omit<RaftOptions, 'logger'>> & {
  readonly logger: Logger | undefined;
};

const mebibyte = 2 ** 20;

/** Fills in the defaults. `ERR_DWCP_INVALID_ARGUMENT` for options outside their range. */
export function settingsOf(options: RaftOptions): Settings {
  const { maxMessageBytes = mebibyte } = options;
  const settings: Settings = {
    electionTicks: 10,
    heartbeatTicks: 1,
    applied: 0,
    asyncStorageWrites: false,
    maxApplyingBytes: maxMessageBytes,
    maxUncommittedBytes: 64 * mebibyte,
    maxInflightMessages: 256,
    maxInflightBytes: Infinity,
    checkQuorum: true,
    preVote: true,
    reads: 'safe',
    maxPendingReads: 65_536,
    forwardProposals: true,
    validateConfChanges: true,
    stepDownOnRemoval: true,
    logger: undefined,
    ...options,
    maxMessageBytes,
  };
  check(settings);
  return settings;
}

function check(settings: Settings): void {
  const { id, electionTicks, heartbeatTicks, reads, checkQuorum } = settings;
  if (!Number.isSafeInteger(id) || id < 1) throw invalid(`id ${id} is not in 1 … 2^53 - 1`);
  whole(settings, 'heartbeatTicks', 1);
  whole(settings, 'electionTicks', 2);
  if (electionTicks <= heartbeatTicks) {
    throw invalid(`electionTicks ${electionTicks} is not above heartbeatTicks ${heartbeatTicks}`);
  }
  whole(settings, 'applied', 0);
  whole(settings, 'maxInflightMessages', 1);
  whole(settings, 'maxPendingReads', 1);
  atLeast(settings, 'maxMessageBytes', 1);
  atLeast(settings, 'maxApplyingBytes', 1);
  atLeast(settings, 'maxUncommittedBytes', 1);
  atLeast(settings, 'maxInflightBytes', settings.maxMessageBytes);
  if (reads === 'lease' && !checkQuorum) {
    throw invalid("reads: 'lease' needs checkQuorum: without it no lease ever ends");
  }
}

type Amount = {
  [Name in keyof Settings]: Settings[Name] extends number ? Name : never;
}[keyof Settings];

function whole(settings: Settings, name: Amount, low: number): void {
  const value = settings[name];
  if (!Number.isInteger(value) || value < low || value > maxCounter) {
    throw invalid(`${name} ${value} is not a whole number from ${low}`);
  }
}

function atLeast(settings: Settings, name: Amount, low: number): void {
  const value = settings[name];
  if (!(value >= low)) throw invalid(`${name} ${value} is below ${low}`);
}

function invalid(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_ARGUMENT', message);
}
