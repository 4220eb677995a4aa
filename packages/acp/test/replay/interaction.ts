/** The commands of etcd's interaction scripts. */
import type { ConfTransition, Refusal } from '@dwcp/acp';
import { isDwcpError } from '@dwcp/core';
import { messageTypeOf } from './message-types.ts';
import { booleanOf, nodeIds, numberOf, parseNodes, valuesOf } from './arguments.ts';
import { parseSteps } from './changes.ts';
import { Environment } from './environment.ts';
import { formatEntry } from './format.ts';
import { Member } from './member.ts';
import type { Argument, Directive } from './script.ts';
import { parseCommand, ScriptError } from './script.ts';
import { roleNames } from '../../src/machine/raft/describe.ts';

type Handler = (env: Environment, args: readonly Argument[], input: string) => void;

const handlers: Readonly<Record<string, Handler>> = {
  _breakpoint() {},
  'add-nodes': addNodes,
  campaign: (env, args) => first(env, args).node.campaign(),
  compact(env, args) {
    const member = first(env, args);
    member.log.compact(numberOf(args[1]?.key));
    printLog(env, member);
  },
  'deliver-msgs': deliverMessages,
  'forget-leader': (env, args) => void first(env, args).node.forgetLeader(),
  'log-level': (env, args) => env.output.setLevel(args[0]?.key ?? ''),
  'process-ready': (env, args) =>
    each(env, args, 'handling Ready', (member) => env.processReady(member)),
  'process-append-thread': (env, args) =>
    each(env, args, 'processing append thread', (member) => env.processAppend(member)),
  'process-apply-thread': (env, args) =>
    each(env, args, 'processing apply thread', (member) => env.processApply(member)),
  propose(env, args) {
    const [, data] = args;
    if (args.length !== 2 || data === undefined || data.values.length > 0) {
      throw new ScriptError('expected exactly one key with no values');
    }
    refuse(first(env, args).node.propose(Buffer.from(data.key)));
  },
  'propose-conf-change': proposeConfChange,
  'raft-log': (env, args) => printLog(env, first(env, args)),
  'raft-state': (env) => printState(env),
  'report-unreachable'(env, args) {
    const [on, of] = nodeIds(args);
    if (on === undefined || of === undefined) {
      throw new ScriptError(
        'must specify exactly two node indexes: node on which to report, and reported node',
      );
    }
    env.member(on).node.reportUnreachable(of);
  },
  'send-snapshot'(env, args) {
    const [from, to] = nodeIds(args);
    if (from === undefined || to === undefined) throw new ScriptError('expected two nodes');
    env.sendSnapshot(env.member(from), to);
  },
  'set-randomized-election-timeout'(env, args) {
    const ticks = numberOf(valuesOf(args, 'timeout')[0]);
    first(env, args).node.core.electionTimeout = ticks;
  },
  stabilize: stabilize,
  status(env, args) {
    const { progress } = first(env, args).node.status();
    for (const { id, text } of progress) env.output.write(`${id}: ${text}\n`);
  },
  tick: (env, args) => tick(first(env, args), numberOf(args[1]?.key)),
  'tick-election'(env, args) {
    const member = first(env, args);
    tick(member, member.options.electionTicks ?? 0);
  },
  'tick-heartbeat'(env, args) {
    const member = first(env, args);
    tick(member, member.options.heartbeatTicks ?? 0);
  },
  'transfer-leadership'(env, args) {
    const from = env.member(numberOf(valuesOf(args, 'from')[0]));
    from.node.transferLeadership(env.member(numberOf(valuesOf(args, 'to')[0])).id);
  },
};

/** Executes the directives of one script on one group of nodes. */
export function interactionScript(): (directive: Directive) => string {
  const env = new Environment();
  return ({ name, args, input }) => {
    const error = attempt(env, name, args, input);
    // Errors are printed even when nothing else is.
    if (error !== undefined && env.output.quiet) return error;
    env.output.write(error ?? '');
    return env.output.take() || 'ok';
  };
}

function attempt(env: Environment, name: string, args: readonly Argument[], input: string) {
  let failed: string | undefined;
  const run = (handler: Handler | undefined, itsArgs: readonly Argument[], itsInput: string) => {
    try {
      if (handler === undefined) throw new ScriptError('unknown command');
      handler(env, itsArgs, itsInput);
    } catch (error) {
      if (!(error instanceof ScriptError) && !isDwcpError(error)) throw error;
      failed = (failed ?? '') + error.message;
    }
  };
  run(handlers[name], args, input);
  if (name === 'propose-conf-change' || failed !== undefined) return failed;
  // Some scripts write further commands below the first, without output of their own.
  for (const line of input.split('\n').filter((text) => text.trim() !== '')) {
    const command = parseCommand(line);
    run(handlers[command.name], command.args, '');
  }
  return failed;
}

function addNodes(env: Environment, args: readonly Argument[]): void {
  const [count, ...rest] = args;
  const { options, snapshot } = parseNodes(rest);
  for (let made = 0; made < numberOf(count?.key); made += 1) {
    env.members.push(new Member(env.members.length + 1, snapshot, options, env.output));
  }
}

function deliverMessages(env: Environment, args: readonly Argument[]): void {
  const recipients = nodeIds(args).map((id) => ({ id, drop: false }));
  const dropped = valuesOf(args, 'drop').map((id) => ({ id: numberOf(id), drop: true }));
  const [type] = valuesOf(args, 'type');
  const known = type === undefined ? undefined : messageTypeOf(type);
  if (env.deliver([...recipients, ...dropped], known) === 0) env.output.write('no messages\n');
}

function proposeConfChange(env: Environment, args: readonly Argument[], input: string): void {
  const transition = transitionOf(valuesOf(args, 'transition')[0] ?? 'auto');
  const singleStep = valuesOf(args, 'v1').some(booleanOf);
  const changes = parseSteps(input);
  if (singleStep && (changes.length > 1 || transition !== 'auto')) {
    throw new ScriptError('v1 conf change can only have one operation and no transition');
  }
  refuse(first(env, args).node.proposeConfChange({ transition, changes, singleStep }));
}

function transitionOf(name: string): ConfTransition {
  if (name === 'auto' || name === 'implicit' || name === 'explicit') return name;
  throw new ScriptError(`unknown transition ${name}`);
}

function stabilize(env: Environment, args: readonly Argument[]): void {
  const ids = nodeIds(args);
  const members = ids.length === 0 ? env.members : ids.map((id) => env.member(id));
  const { level } = env.output;
  for (const name of valuesOf(args, 'log-level')) env.output.setLevel(name);
  try {
    env.stabilize(members);
  } finally {
    env.output.level = level;
  }
}

function each(
  env: Environment,
  args: readonly Argument[],
  title: string,
  act: (member: Member) => void,
): void {
  const ids = nodeIds(args);
  for (const id of ids) {
    const member = env.member(id);
    if (ids.length === 1) {
      act(member);
      continue;
    }
    env.output.write(`> ${id} ${title}\n`);
    env.output.indented(() => act(member));
  }
}

function printLog(env: Environment, { log }: Member): void {
  const low = log.firstIndex();
  const high = log.lastIndex();
  if (high < low) {
    env.output.write(`log is empty: first index=${low}, last index=${high}`);
    return;
  }
  for (const entry of log.entries(low, high + 1, Infinity) ?? []) {
    env.output.write(`${formatEntry(entry)}\n`);
  }
}

function printState(env: Environment): void {
  for (const { node } of env.members) {
    const { id, role, term, lead, confState } = node.status();
    const isVoter = [...confState.voters, ...confState.votersOutgoing].includes(id);
    env.output.write(
      `${id}: ${roleNames[role]} (${isVoter ? 'Voter' : 'Non-Voter'}) Term:${term} Lead:${lead}\n`,
    );
  }
}

function first(env: Environment, args: readonly Argument[]): Member {
  return env.member(numberOf(args[0]?.key));
}

function tick({ node }: Member, count: number): void {
  for (let passed = 0; passed < count; passed += 1) node.tick();
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new ScriptError('raft proposal dropped');
}
