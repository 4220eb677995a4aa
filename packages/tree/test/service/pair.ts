/** Two tree services that talk over real sockets. */
import { amst } from '@dwcp/amst';
import type { DwcpError, Session } from '@dwcp/core';
import { chunker } from '@dwcp/hde';
import { tcp } from '@dwcp/transport-tcp';
import { afterAll, onTestFinished } from 'vitest';
import { type ServedOperation, tree, type TreeOptions, type TreeService } from '../../src/index.ts';

/** A client with a session to a server that serves a directory. */
export interface Pair {
  readonly client: TreeService;
  readonly session: Session;
  readonly server: TreeService;
  /** The server's end of the session. */
  readonly serverSession: Session;
  /** The next operation that ends on the server. */
  served(): Promise<ServedOperation>;
}

const defaults: TreeOptions = {
  chunker: (averageBytes) => chunker({ averageBytes }),
  durable: false,
  progressIntervalMs: 0,
};
// Each service starts threads: most tests share two of them.
let shared: readonly [client: TreeService, server: TreeService] | undefined;

afterAll(async () => {
  for (const service of shared ?? []) await service.stop();
});

function services(
  options: TreeOptions | undefined,
): readonly [client: TreeService, server: TreeService] {
  if (!options) return (shared ??= [tree(defaults), tree(defaults)]);
  const own = [tree({ ...defaults, ...options }), tree({ ...defaults, ...options })] as const;
  onTestFinished(async () => {
    for (const service of own) await service.stop();
  });
  return own;
}

/** Serves `root` and dials it. */
export async function connect(root: string, options?: TreeOptions): Promise<Pair> {
  const [client, server] = services(options);
  const sessions = amst({ transport: tcp(), streams: 2 });
  const ended: ServedOperation[] = [];
  const waiting: ((operation: ServedOperation) => void)[] = [];
  const onOperation = (operation: ServedOperation): void => {
    const resolve = waiting.shift();
    if (resolve) resolve(operation);
    else ended.push(operation);
  };
  const accepted = Promise.withResolvers<Session>();
  const listener = await sessions.listen('127.0.0.1:0', {
    onSession(session) {
      server.serve(session, { root, onOperation });
      accepted.resolve(session);
    },
  });
  const session = await sessions.dial(listener.address);
  onTestFinished(async () => {
    await session.close();
    await listener.close();
  });
  const served = async (): Promise<ServedOperation> =>
    ended.shift() ?? new Promise((resolve) => waiting.push(resolve));
  return { client, session, server, serverSession: await accepted.promise, served };
}

/** What a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<DwcpError> {
  return promise.then(
    () => {
      throw new Error('it resolved');
    },
    (error: DwcpError) => error,
  );
}
