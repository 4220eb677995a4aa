/** The suite of the role `Transport`. */
import type { ConformanceCase } from '../case.ts';
import { carrying } from './carrying.ts';
import { closing } from './closing.ts';
import { describing } from './describing.ts';
import { dialing } from './dialing.ts';
import { ending } from './ending.ts';
import { listening } from './listening.ts';
import { opening } from './opening.ts';
import type { TransportSubject, TransportSuiteOptions } from './options.ts';
import type { Play } from './play.ts';
import { pressure } from './pressure.ts';
import { Stage } from './stage.ts';
import { throwing } from './throwing.ts';

const plays: readonly Play[] = [
  ...carrying,
  ...pressure,
  ...ending,
  ...closing,
  ...opening,
  ...dialing,
  ...listening,
  ...throwing,
  ...describing,
];

/**
 * The cases that a `Transport` and its connections must pass. `setup` is called once per case.
 * The cases are independent of each other, but one of them waits for a warning of the process,
 * so run them one after the other.
 *
 * @example
 * ```ts
 * import { transportSuite } from '@dwcp/conformance';
 * import { tcp } from '@dwcp/transport-tcp';
 *
 * const transport = tcp();
 * const subject = { dialer: transport, listener: transport, listenAddress: '127.0.0.1:0' };
 * const [first] = transportSuite(() => subject);
 * first?.name; // => 'carries bytes in both directions'
 * await first?.run();
 * ```
 */
export function transportSuite(
  setup: () => Promise<TransportSubject> | TransportSubject,
  options: TransportSuiteOptions = {},
): readonly ConformanceCase[] {
  const filled = {
    patienceMs: options.patienceMs ?? 10_000,
    largeBytes: options.largeBytes ?? 64 * 1024 * 1024,
    unreadBytes: options.unreadBytes ?? 32 * 1024 * 1024,
  };
  return plays.map(({ name, play }) => ({
    name,
    async run() {
      const stage = new Stage(await setup(), filled);
      try {
        await play(stage);
        await stage.finish();
      } finally {
        await stage.clear();
      }
    },
  }));
}
