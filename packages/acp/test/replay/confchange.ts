/** The commands of etcd's confchange scripts: `simple`, `enter-joint` and `leave-joint`. */
import { isDwcpError } from '@dwcp/core';
import { describeConfig, describeProgress } from '../../src/machine/raft/describe.ts';
import type { Membership } from '../../src/machine/raft/membership.ts';
import {
  changeSimply,
  emptyMembership,
  enterJoint,
  leaveJoint,
} from '../../src/machine/raft/membership.ts';
import { booleanOf, valuesOf } from './arguments.ts';
import { parseSteps } from './changes.ts';
import type { Directive } from './script.ts';
import { ScriptError } from './script.ts';

/** Executes the directives of one script on one membership. */
export function confChangeScript(): (directive: Directive) => string {
  let membership = emptyMembership;
  // Grows with every command, so that it shows when a node came.
  let lastIndex = -1;
  return (directive) => {
    lastIndex += 1;
    try {
      membership = next(membership, directive, lastIndex);
    } catch (error) {
      if (!(error instanceof ScriptError) && !isDwcpError(error)) throw error;
      return error.message;
    }
    const { config, progress } = membership;
    const nodes = Array.from(progress.values()).toSorted((one, other) => one.id - other.id);
    const lines = nodes.map((node) => `${node.id}: ${describeProgress(node)}\n`);
    return `${describeConfig(config)}\n${lines.join('')}`;
  };
}

function next(before: Membership, { name, args, input }: Directive, lastIndex: number): Membership {
  const steps = parseSteps(input);
  const options = { lastIndex, maxInflightMessages: 10, maxInflightBytes: Infinity };
  switch (name) {
    case 'simple':
      return changeSimply(before, steps, options);
    case 'enter-joint': {
      const autoLeave = valuesOf(args, 'autoleave').some(booleanOf);
      return enterJoint(before, steps, autoLeave, options);
    }
    case 'leave-joint':
      if (steps.length > 0) throw new ScriptError('this command takes no input');
      return leaveJoint(before);
    default:
      throw new ScriptError('unknown command');
  }
}
