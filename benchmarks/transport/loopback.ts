/**
 * Throughput of one connection between two processes over loopback, memory to memory: this
 * transport by either receive path, plain and with TLS, against a bare socket pair of Node, in the
 * same run, alternating.
 *
 *     node --conditions=@dwcp/source benchmarks/transport/loopback.ts [seconds per round] [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tcp, type TcpOptions } from '@dwcp/transport-tcp';
import { makeAuthority } from '../../packages/transport-tcp/test/certificates.ts';

const chunk = new Uint8Array(256 * 1024);

interface Task {
  readonly address: string;
  /** Absent for the bare socket. */
  readonly options?: TcpOptions;
}

interface Received {
  readonly address: string;
  /** Bytes so far. */
  count(): number;
  close(): void;
}

async function receiveBare(): Promise<Received> {
  let sizeBytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (bytes) => void (sizeBytes += bytes.byteLength));
    socket.on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, count: () => sizeBytes, close: () => void server.close() };
}

async function receive(options: TcpOptions): Promise<Received> {
  let sizeBytes = 0;
  const listener = await tcp(options).listen('127.0.0.1:0', {
    onConnection(connection) {
      connection.open({
        onData: (bytes) => void (sizeBytes += bytes.byteLength),
        onDrain() {},
        onEnd() {},
        onClose() {},
      });
    },
  });
  return { address: listener.address, count: () => sizeBytes, close: () => void listener.close() };
}

function sendBare(address: string): void {
  const [host = '', port] = address.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  const fill = () => {
    while (socket.write(chunk));
  };
  socket.on('connect', fill).on('drain', fill);
}

async function send(address: string, options: TcpOptions): Promise<void> {
  const connection = await tcp(options).dial(address);
  const fill = () => {
    while (connection.send([chunk]));
  };
  connection.open({ onData() {}, onDrain: fill, onEnd() {}, onClose() {} });
  fill();
}

/** One round: Gbit/s, and Gbit per second of processor time of the receiver. */
async function measure(
  options: TcpOptions | undefined,
  seconds: number,
): Promise<[number, number]> {
  const received = options === undefined ? await receiveBare() : await receive(options);
  const child = fork(import.meta.filename, { execArgv: process.execArgv });
  child.once('exit', (code) => code !== null && process.exit(code));
  child.send({ address: received.address, ...(options && { options }) } satisfies Task);
  while (received.count() === 0) await new Promise(setImmediate);
  const [bytesBefore, cpuBefore, startMs] = [
    received.count(),
    process.cpuUsage(),
    performance.now(),
  ];
  await new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
  });
  const gbit = ((received.count() - bytesBefore) * 8) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  const rate = gbit / ((performance.now() - startMs) / 1000);
  received.close();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return [rate, gbit / ((user + system) / 1e6)];
}

function median(values: number[]): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(1);
}

async function main(seconds: number, rounds: number): Promise<void> {
  const authority = await makeAuthority('Benchmark');
  const tls = { ca: authority.ca, ...(await authority.identity('node')) };
  const variants: [string, TcpOptions | undefined][] = [
    ['tcp, buffer', {}],
    ['tcp, events', { receivePath: 'events' }],
    ['tls, buffer', { tls }],
    ['tls, events', { tls, receivePath: 'events' }],
    ['bare socket of Node', undefined],
  ];
  const rates = new Map(
    variants.map(([name]) => [name, { wall: [] as number[], cpu: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [name, options] of variants) {
      const [wall, cpu] = await measure(options, seconds);
      rates.get(name)?.wall.push(wall);
      rates.get(name)?.cpu.push(cpu);
    }
  }
  console.log(`medians of ${rounds} rounds of ${seconds} s, one connection, 256 KiB chunks`);
  for (const [name, { wall, cpu }] of rates) {
    console.log(
      `${name.padEnd(20)} ${median(wall).padStart(6)} Gbit/s ${median(cpu).padStart(6)} Gbit per CPU second of the receiver`,
    );
  }
}

if (process.send === undefined) {
  await main(Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 5));
} else {
  process.once('message', ({ address, options }: Task) => {
    if (options === undefined) sendBare(address);
    else void send(address, options);
  });
}
