/**
 * Loopback throughput, memory to memory, between two processes: AMST with its default codec against
 * a bare socket pair of Node and against the bare TCP transport, in the same run, alternating.
 * "owned" is a receiver that keeps its chunks; the others borrow them.
 *
 *     node --conditions=@dwcp/source benchmarks/amst/loopback.ts [GiB per round] [rounds]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { amst } from '@dwcp/amst';
import { seededRandom, type Connection } from '@dwcp/core';
import { tcp } from '@dwcp/transport-tcp';

const blockBytes = 256 * 1024;
/** More than a cache holds, so that reading the source costs what it costs. */
const payloadBytes = 64 * 1024 * 1024;
let payload = new Uint8Array(0);

/** What the receiving process reports. */
interface Received {
  readonly sizeBytes: number;
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

interface Result {
  readonly name: string;
  readonly gbps: number;
  readonly gbitPerCpuSecond: number;
  readonly receiverMiB: number;
}

/** Its name, what the receiver does, and the sender. */
type Case = [string, 'bare' | 'transport' | 'borrow' | 'own', (address: string) => Promise<void>];

function* blocks(totalBytes: number): Generator<Uint8Array> {
  for (let sent = 0; sent < totalBytes; sent += blockBytes) {
    const at = sent % payload.byteLength;
    yield payload.subarray(at, at + Math.min(blockBytes, totalBytes - sent));
  }
}

async function* chunks(totalBytes: number): AsyncGenerator<Uint8Array> {
  yield* blocks(totalBytes);
}

async function sendBare(address: string, totalBytes: number): Promise<void> {
  const [host = '', port] = address.split(':');
  const socket = net.connect({ host, port: Number(port) });
  await once(socket, 'connect');
  for (const block of blocks(totalBytes)) {
    if (!socket.write(block)) await once(socket, 'drain');
  }
  socket.end();
  await once(socket.resume(), 'close');
}

async function sendTransport(address: string, totalBytes: number): Promise<void> {
  const connection = await tcp().dial(address);
  let drained: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    connection.open({
      onData: () => undefined,
      onDrain: () => drained(),
      onEnd: () => undefined,
      onClose: () => resolve(),
    });
  });
  for (const block of blocks(totalBytes)) {
    if (!connection.send([block])) await new Promise<void>((resolve) => (drained = resolve));
  }
  connection.end();
  await closed;
}

async function sendAmst(address: string, totalBytes: number, streams: number): Promise<void> {
  const session = await amst({ transport: tcp(), streams }).dial(address);
  await session.sendBulk(chunks(totalBytes));
  await session.close();
}

/** The receiving process: serves one measurement, then reports. */
async function receive(kind: string): Promise<void> {
  let sizeBytes = 0;
  const tell = (message: unknown): void => void process.send?.(message);
  const report = (): void => {
    const { user, system } = process.cpuUsage();
    const residentMiB = process.resourceUsage().maxRSS / 1024;
    tell({ sizeBytes, cpuSeconds: (user + system) / 1e6, residentMiB } satisfies Received);
  };
  if (kind === 'bare') {
    const server = net.createServer((socket) => {
      socket.on('data', (chunk) => (sizeBytes += chunk.byteLength));
      socket.on('end', report);
    });
    server.listen(0, '127.0.0.1', () =>
      tell(`127.0.0.1:${(server.address() as net.AddressInfo).port}`),
    );
  } else if (kind === 'transport') {
    const onConnection = (connection: Connection): void =>
      connection.open({
        onData: (chunk) => (sizeBytes += chunk.byteLength),
        onDrain: () => undefined,
        onEnd: () => {
          connection.end();
          report();
        },
        onClose: () => undefined,
      });
    tell((await tcp().listen('127.0.0.1:0', { onConnection })).address);
  } else {
    const listener = await amst({ transport: tcp() }).listen('127.0.0.1:0', {
      onSession: (session) => {
        session.onBulk((transfer) => {
          const consume = async (): Promise<void> => {
            for await (const chunk of transfer.chunks({ borrow: kind === 'borrow' }))
              sizeBytes += chunk.byteLength;
            report();
          };
          void consume();
        });
      },
    });
    tell(listener.address);
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message');
  return message;
}

async function measure(
  name: string,
  kind: string,
  totalBytes: number,
  send: (address: string) => Promise<void>,
): Promise<Result> {
  const child = fork(fileURLToPath(import.meta.url), ['receive', kind]);
  const address = String(await nextMessage(child));
  const reported = nextMessage(child);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await send(address);
  const received = (await reported) as Received;
  const seconds = (performance.now() - startMs) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  child.kill();
  await once(child, 'exit');
  if (received.sizeBytes !== totalBytes) throw new Error(`${name}: ${received.sizeBytes} bytes`);
  const gbit = (totalBytes * 8) / 1e9;
  return {
    name,
    gbps: gbit / seconds,
    gbitPerCpuSecond: gbit / ((cpu.user + cpu.system) / 1e6 + received.cpuSeconds),
    receiverMiB: received.residentMiB,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  payload = seededRandom(1).bytes(new Uint8Array(payloadBytes));
  const totalBytes = Number(process.argv[2] ?? 2) * 2 ** 30;
  const rounds = Number(process.argv[3] ?? 5);
  const cases: Case[] = [
    ['bare socket, data events', 'bare', (address) => sendBare(address, totalBytes)],
    ['bare transport-tcp', 'transport', (address) => sendTransport(address, totalBytes)],
    ...[1, 2, 4, 8].map((streams): Case => [
      `amst, ${streams} streams`,
      'borrow',
      (address) => sendAmst(address, totalBytes, streams),
    ]),
    ['amst, 4 streams, owned', 'own', (address) => sendAmst(address, totalBytes, 4)],
  ];
  const results: Result[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, kind, send] of cases)
      results.push(await measure(name, kind, totalBytes, send));
  }
  const load = loadavg().map((value) => value.toFixed(1));
  console.log(`${totalBytes / 2 ** 30} GiB per round, medians of ${rounds} alternating rounds`);
  console.log(`load averages at the end: ${load.join(', ')} on ${cpus().length} CPUs`);
  for (const [name] of cases) {
    const own = results.filter((result) => result.name === name);
    const of = (key: 'gbps' | 'gbitPerCpuSecond' | 'receiverMiB'): string =>
      median(own.map((result) => result[key]))
        .toFixed(1)
        .padStart(7);
    console.log(
      `${name.padEnd(26)}${of('gbps')} Gbit/s ${of('gbitPerCpuSecond')} Gbit/CPU-s ${of('receiverMiB')} MiB`,
    );
  }
}

const [, , role, kind = ''] = process.argv;
await (role === 'receive' ? receive(kind) : main());
