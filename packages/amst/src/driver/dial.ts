/** The dialing side: the first connection opens the session, the others join it. */
import { randomBytes } from 'node:crypto';
import { DwcpError, throwIfAborted, type DialOptions, type Session } from '@dwcp/core';
import { coded, decodeFailure } from '../machine/failure.ts';
import { encodeGreeting, greetingKind, type Greeting } from '../machine/greeting.ts';
import {
  decodeWelcome,
  encodeHello,
  idBytes,
  wireVersions,
  type Hello,
  type Welcome,
} from '../machine/handshake.ts';
import type { Settings } from '../options.ts';
import { receiveGreeting } from './greeting.ts';
import { AmstSession } from './session.ts';
import { Wire } from './wire.ts';

/** Joins under way at the same time: more would only queue at the listener. */
const maxParallelJoins = 8;

interface Welcomed {
  readonly wire: Wire;
  readonly welcome: Welcome;
  readonly rest: Uint8Array;
}

/** Opens a session. It is usable after the first connection; the others join meanwhile. */
export async function dialSession(
  settings: Settings,
  address: string,
  options: DialOptions,
): Promise<Session> {
  throwIfAborted(options.signal);
  const sessionId = randomBytes(idBytes);
  const { wire, welcome, rest } = await connect(settings, address, options, sessionId, 0);
  const session = new AmstSession(settings, welcome, wire);
  const link = session.attach(0, wire);
  // Frames may be behind WELCOME already: the caller gets the time to add its handlers first.
  setImmediate(() => link.start(rest));
  void joinOthers(settings, address, options, sessionId, session, welcome.count);
  return session;
}

async function joinOthers(
  settings: Settings,
  address: string,
  { timeoutMs }: DialOptions,
  sessionId: Uint8Array,
  session: AmstSession,
  count: number,
): Promise<void> {
  const options = { signal: session.ending, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  let next = 1;
  const lane = async (): Promise<void> => {
    while (next < count && session.ended === undefined) {
      const index = next++;
      try {
        const { wire, rest } = await connect(settings, address, options, sessionId, index);
        if (session.ended === undefined) session.attach(index, wire).start(rest);
        else wire.connection.close();
      } catch (error) {
        // The session works with the connections it has.
        if (session.ended !== undefined) return;
        settings.logger.log('warn', 'a connection could not join its session', { index, error });
      }
    }
  };
  await Promise.all(Array.from({ length: maxParallelJoins }, lane));
}

/** Makes one connection and sees it through the handshake. */
async function connect(
  settings: Settings,
  address: string,
  options: DialOptions,
  sessionId: Uint8Array,
  index: number,
): Promise<Welcomed> {
  const { clock, limits, transport } = settings;
  const connection = await transport.dial(address, options);
  const wire = new Wire(connection);
  try {
    const hello = encodeGreeting(
      greetingKind.hello,
      encodeHello(helloOf(settings, sessionId, index)),
    );
    wire.send([hello], hello.byteLength);
    const { handshakeTimeoutMs } = limits;
    const greeting = await receiveGreeting(wire, {
      clock,
      handshakeTimeoutMs,
      signal: options.signal,
    });
    return { wire, welcome: readWelcome(greeting, settings.streams), rest: greeting.rest };
  } catch (thrown) {
    const error = coded(thrown, 'the handshake failed');
    connection.close(error);
    throw error;
  }
}

function helloOf(settings: Settings, sessionId: Uint8Array, index: number): Hello {
  return {
    lowestVersion: wireVersions.lowest,
    highestVersion: wireVersions.highest,
    sessionId,
    nodeId: settings.nodeId,
    index,
    count: settings.streams,
    features: 0,
    limits: settings.limits,
  };
}

function readWelcome({ kind, body }: Greeting, askedCount: number): Welcome {
  if (kind === greetingKind.reject) throw decodeFailure(body, 'the peer rejected the connection');
  if (kind !== greetingKind.welcome) {
    throw new DwcpError('ERR_DWCP_MALFORMED', `the peer answered HELLO with kind ${kind}`);
  }
  const welcome = decodeWelcome(body);
  if (welcome.count <= askedCount) return welcome;
  throw new DwcpError(
    'ERR_DWCP_MALFORMED',
    `the peer granted ${welcome.count} connections where ${askedCount} were asked for`,
  );
}
