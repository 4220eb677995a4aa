/** Two nodes on a memory network with virtual time, and a session between them. */
import {
  memoryNetwork,
  virtualClock,
  type DwcpError,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type Session,
  type VirtualClock,
} from '@dwcp/core';
import { amst, type AmstOptions } from '../../src/index.ts';

/** Everything a test needs of a session between two nodes. */
export interface Pair {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly dialer: Session;
  readonly listener: Session;
  readonly errors: DwcpError[];
}

/** Options of {@link pair}. */
export interface PairOptions {
  readonly network?: MemoryNetworkOptions;
  readonly both?: Partial<AmstOptions>;
  readonly dialer?: Partial<AmstOptions>;
  readonly listener?: Partial<AmstOptions>;
  /** Wait until all connections have joined. @default true */
  readonly joined?: boolean;
}

/** Opens a session. */
export async function pair(options: PairOptions = {}): Promise<Pair> {
  const clock = virtualClock();
  const network = memoryNetwork({ clock, delayMs: 1, ...options.network });
  const transport = network.transport();
  const common = { transport, clock, ...options.both };
  const errors: DwcpError[] = [];
  const listening = amst({ ...common, ...options.listener });
  const dialing = amst({ ...common, ...options.dialer });
  let accepted: (session: Session) => void = () => undefined;
  const listener = new Promise<Session>((resolve) => (accepted = resolve));
  await listening.listen('server:1', {
    onSession: (session) => accepted(session),
    onError: (error) => errors.push(error),
  });
  const dialer = await clock.until(dialing.dial('server:1'));
  const result = { clock, network, dialer, listener: await listener, errors };
  if (options.joined ?? true) await settle(result, 100);
  return result;
}

/** Lets `ms` of virtual time pass, with promises reacting in between. */
export async function settle({ clock }: Pick<Pair, 'clock'>, ms: number): Promise<void> {
  await clock.until(new Promise<void>((resolve) => clock.schedule(ms, resolve)));
}
