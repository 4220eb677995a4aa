import type { Stage } from './stage.ts';

/** A case before it is bound to a transport. */
export interface Play {
  /** See `ConformanceCase.name`. */
  readonly name: string;
  /** Does it on a stage that is cleared afterwards. */
  readonly play: (stage: Stage) => Promise<void>;
}
