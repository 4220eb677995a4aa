/** `listen send|receive` prints its address and what happens; `dial send|receive ADDRESS` is to be killed. */
import { isDwcpError, type Session } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';
import { amst } from '../../src/index.ts';

const [role, task, address = '127.0.0.1:0'] = process.argv.slice(2);
const node = amst({ transport: tcp() });
const underWayBytes = 8 * 1024 * 1024;

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(256 * 1024);
}

async function send(session: Session, onBytes: (sizeBytes: number) => void): Promise<void> {
  await session.sendBulk(endless(), { onProgress: (now) => onBytes(now.transferredBytes) });
}

function receive(session: Session, onBytes: (sizeBytes: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    session.onBulk((transfer) => {
      const consume = async (): Promise<void> => {
        for await (const chunk of transfer.chunks()) {
          if (chunk.byteLength > 0) onBytes(transfer.progress().transferredBytes);
        }
      };
      consume().then(resolve, reject);
    });
  });
}

function once(report: () => void): (sizeBytes: number) => void {
  let reported = false;
  return (sizeBytes) => {
    if (reported || sizeBytes < underWayBytes) return;
    reported = true;
    report();
  };
}

async function survive(session: Session): Promise<void> {
  const work = task === 'send' ? send : receive;
  const error: unknown = await work(
    session,
    once(() => console.log('under way')),
  ).catch((reason: unknown) => reason);
  console.log(`transfer: ${isDwcpError(error) ? error.code : String(error)}`);
  console.log(`session: ${(await session.closed)?.code}`);
  await listener?.close();
}

const listener =
  role === 'listen'
    ? await node.listen(address, { onSession: (session) => void survive(session) })
    : undefined;

if (listener) {
  console.log(listener.address);
} else {
  const session = await node.dial(address);
  await (task === 'send' ? send : receive)(session, () => undefined);
}
