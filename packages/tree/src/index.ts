/**
 * File trees over DWCP sessions: list, compare, send what differs, write safely.
 *
 * @packageDocumentation
 */
import { Service } from './driver/service.ts';
import { resolveOptions, type TreeOptions, type TreeService } from './options.ts';

export { defaultLimits } from './limits.ts';
export type { TreeLimits } from './limits.ts';
export type {
  PullOptions,
  PushOptions,
  ServedOperation,
  ServeOptions,
  TreeOptions,
  TreeService,
} from './options.ts';
export type { Problem, TreeOutcome, TreeProgress, TreeReport } from './report.ts';

/** Makes a tree service. It holds worker threads for the disk: stop it when it is not needed any more. */
export function tree(options: TreeOptions = {}): TreeService {
  return new Service(resolveOptions(options));
}
