/** Choosing how to encode each block: always the same way, or by the adaptive machine. */
import type { EncodeHints } from '@dwcp/core';
import type {
  AdaptiveChoice,
  AdaptiveState,
  Decision,
  DecisionReason,
} from '../machine/adaptive.ts';
import type { EncodeOutcome } from '../machine/estimates.ts';
import { probe, probeFromBytes } from '../machine/probe.ts';
import { type BlockChoice, choiceName } from '../machine/rungs.ts';

/** A choice for one block. */
export interface Chosen {
  /** How to encode the block. */
  readonly choice: BlockChoice;
  /** Takes in what the block cost. */
  observe(outcome: EncodeOutcome): void;
}

/** What `explain` returns. */
export interface Explanation {
  /** `fixed` by the `policy` option, or `adaptive`. */
  readonly policy: 'fixed' | 'adaptive';
  /** Choice for the next compressible block: `none`, `lz4`, `zstd:3` … */
  readonly next: string;
  /** Why the last block got its choice; undefined before the first. */
  readonly lastReason: DecisionReason | 'fixed' | undefined;
  /** State of the adaptive machine. */
  readonly adaptive: AdaptiveState | undefined;
}

/** Decides for each block. */
export interface Chooser {
  /** Chooses for one block. */
  choose(block: Uint8Array, hints: EncodeHints | undefined): Chosen;
  /** What would be chosen next and why. */
  explain(): Explanation;
}

/** The same choice for every block. */
export function fixedChooser(choice: BlockChoice): Chooser {
  const chosen: Chosen = { choice, observe: () => {} };
  let used = false;
  return {
    choose() {
      used = true;
      return chosen;
    },
    explain: () => ({
      policy: 'fixed',
      next: choiceName(choice),
      lastReason: used ? 'fixed' : undefined,
      adaptive: undefined,
    }),
  };
}

/** The choice of the adaptive machine. */
export function adaptiveChooser(machine: AdaptiveChoice): Chooser {
  let last: Decision | undefined;
  return {
    choose(block, hints) {
      const rawBytes = block.byteLength;
      const isProbed = rawBytes >= probeFromBytes && machine.compresses;
      const seen = isProbed ? probe(block) : undefined;
      const decision = machine.decide({ rawBytes, probe: seen, hints });
      last = decision;
      return {
        choice: decision.choice,
        observe: (outcome) => machine.observe(decision, outcome),
      };
    },
    explain() {
      const adaptive = machine.state();
      return { policy: 'adaptive', next: adaptive.rung, lastReason: last?.reason, adaptive };
    },
  };
}
