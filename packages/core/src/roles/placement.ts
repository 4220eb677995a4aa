/** The placement role: which machine runs what, and why. */
import type { AbortOptions } from './lifecycle.ts';

/** Amounts by resource name, each ≥ 0: `{ cpuCores: 2, memoryBytes: 4e9 }`. */
export type Resources = Readonly<Record<string, number>>;

/** A machine that tasks can be placed on. */
export interface PlacementNode {
  /** Unique in the cluster. */
  readonly id: string;
  /** What it has in all. */
  readonly capacity: Resources;
  /** What is free now. */
  readonly free: Resources;
  /** Facts for constraints: `{ zone: 'eu-1a', disk: 'ssd' }`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A task that already runs; affinity looks at it. */
export interface PlacedTask {
  /** Unique among the running tasks. */
  readonly id: string;
  /** Id of its node. */
  readonly node: string;
  /** As in {@link PlacementTask.labels}. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A condition that must hold. `domain` is the label that makes nodes neighbours (`zone`, `rack`),
 * or `node` for the node itself; `selector` matches tasks that carry all these labels.
 */
export type PlacementConstraint =
  | { readonly kind: 'label'; readonly label: string; readonly oneOf: readonly string[] }
  | {
      readonly kind: 'affinity';
      readonly selector: Readonly<Record<string, string>>;
      readonly domain: string;
    }
  /** Binds both ways: a running task's rule also keeps newcomers away. */
  | {
      readonly kind: 'anti-affinity';
      readonly selector: Readonly<Record<string, string>>;
      readonly domain: string;
    }
  /** The fullest and the emptiest domain differ by at most `maxSkew` matching tasks. */
  | {
      readonly kind: 'spread';
      readonly selector: Readonly<Record<string, string>>;
      readonly domain: string;
      readonly maxSkew: number;
    }
  | { readonly kind: 'max-round-trip'; readonly fromRegion: string; readonly roundTripMs: number };

/** A task to be placed. */
export interface PlacementTask {
  /** Unique in the request and among the running tasks. */
  readonly id: string;
  /** What it takes from its node. */
  readonly resources: Resources;
  /** What selectors match. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** All must hold. @default none */
  readonly constraints?: readonly PlacementConstraint[];
}

/** The cluster at the moment of the decision. */
export interface ClusterView {
  /** The order is part of the input: ties go to the earlier node. */
  readonly nodes: readonly PlacementNode[];
  /** What runs on them. */
  readonly running: readonly PlacedTask[];
}

/** Why a task went where it went. */
export interface Placement {
  /** Id of the task. */
  readonly task: string;
  /** Id of the node. */
  readonly node: string;
  /** What the policy thought of the node; larger is better, and only comparable inside one decision. */
  readonly score: number;
  /** The terms that add up to the score, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** The best other node, or undefined when no other could take it. */
  readonly runnerUp: { readonly node: string; readonly score: number } | undefined;
}

/** Why a task fits nowhere: how many nodes each reason excludes; a node may count more than once. */
export interface PlacementObstacle {
  /** Id of the task. */
  readonly task: string;
  /** At least one. */
  readonly reasons: readonly {
    /** What is in the way: the resource that is short, or the constraint that fails. */
    readonly kind: 'resource' | PlacementConstraint['kind'];
    /** Name of the resource or label. */
    readonly name: string;
    /** Nodes excluded by it. */
    readonly nodes: number;
  }[];
}

/** The answer to a batch: every task is placed, or none. */
export type PlacementDecision =
  | { readonly status: 'placed'; readonly placements: readonly Placement[] }
  | { readonly status: 'infeasible'; readonly obstacles: readonly PlacementObstacle[] };

/** Decides where tasks run. It only decides: reserving and starting is the caller's part. */
export interface PlacementPolicy {
  /** `best-fit`, `learned`, `geographic`, `hybrid`. */
  readonly name: string;
  /**
   * Places all tasks or none; the placements of a batch see each other. The same input gives the
   * same decision. Rejects with `ERR_DWCP_INVALID_ARGUMENT` for ids that occur twice or amounts
   * below 0, or with `ERR_DWCP_ABORTED`.
   */
  place(
    tasks: readonly PlacementTask[],
    cluster: ClusterView,
    options?: AbortOptions,
  ): Promise<PlacementDecision>;
}
