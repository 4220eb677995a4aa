/** The allocator role: how much of each link every flow may use. */

/** A flow that wants capacity. Rates are bits per second. */
export interface FlowDemand {
  /** Unique in one request. */
  readonly id: string;
  /** What it would use if it had the links for itself, ≥ 0. */
  readonly demandBps: number;
  /** Ids of the links that it crosses, at least one. */
  readonly links: readonly string[];
  /** Share relative to other flows of its priority, > 0. @default 1 */
  readonly weight?: number;
  /** Larger is served first; a flow of a lower priority gets what is left. @default 0 */
  readonly priority?: number;
  /** Guaranteed, ≤ `demandBps`: with less it is refused. @default 0 */
  readonly floorBps?: number;
  /** Never more than this. @default Infinity */
  readonly capBps?: number;
}

/** What is to be split. */
export interface AllocationRequest {
  /** Capacity of each link by id, bits per second, ≥ 0. */
  readonly links: ReadonlyMap<string, number>;
  /** The flows, in any order: the result does not depend on it. */
  readonly flows: readonly FlowDemand[];
}

/** What one flow gets. */
export interface Grant {
  /** Id of the flow. */
  readonly flow: string;
  /** What it may use on each of its links. */
  readonly rateBps: number;
  /** Id of the link that kept it from more; undefined when it got its demand or its cap. */
  readonly bottleneck: string | undefined;
}

/** A flow whose floor cannot be kept. */
export interface Refusal {
  /** Id of the flow. */
  readonly flow: string;
  /** Id of the link that has too little left. */
  readonly link: string;
  /** What that link had left for it, less than its floor. */
  readonly availableBps: number;
}

/** The outcome: every flow is in exactly one of the two lists. */
export interface Allocation {
  /** In the order of the request. */
  readonly grants: readonly Grant[];
  /** In the order of the request. */
  readonly refused: readonly Refusal[];
}

/** Splits capacities among flows. */
export interface Allocator {
  /**
   * Splits once; the same request gives the same result. On no link do the grants add up to more
   * than its capacity, and no flow can get more without another of its priority or above getting
   * less. Throws `ERR_DWCP_INVALID_ARGUMENT` for an unknown link, an id that occurs twice or a
   * number out of range.
   */
  allocate(request: AllocationRequest): Allocation;
}
