/** Something that can bring a tree from one folder into another. */

/** A program to be measured. */
export interface Contender {
  /** As users type it: `rsync -a`. */
  readonly name: string;
  /**
   * `peer`: what the goals are about. `reference`: copies without comparing or confirming. `limit`:
   * does less than any transfer has to do.
   */
  readonly role: 'ours' | 'peer' | 'reference' | 'limit';
  /** True when its files survive a power failure once it has ended. */
  readonly waitsForDisk: boolean;
  /** True for what can bring a tree up to date; others only copy everything. */
  readonly updates: boolean;
  /** What has to be installed before it can run; undefined when all is there. */
  missing(): string | undefined;
  /** Starts what has to run before a push: servers. `folder` is its own and empty. */
  start(folder: string): Promise<Running>;
}

/** A contender that is ready. */
export interface Running extends AsyncDisposable {
  /** Port of its server; undefined where a counting proxy cannot stand in between. */
  readonly port: number | undefined;
  /** Brings the content of `tree` into `name` below its folder; dials `port`. */
  push(tree: string, name: string, port: number | undefined): Promise<Push>;
  /** Where `name` stands. */
  path(name: string): string;
}

/** What a push came to. */
interface Push {
  /** Wall time of the whole command. */
  readonly elapsedMs: number;
  /** Bytes on the wire that the program itself reports. */
  readonly reportedBytes?: number;
}
