/** One attempt to connect: a request travels to the listener, an answer travels back. */
import { DwcpError } from '../errors.ts';
import type { Clock } from '../roles/host.ts';
import type { Connection } from '../roles/transport.ts';
import type { ExchangePath } from './transport.ts';
import type { MemoryConnection } from './connection.ts';

/** See the head of the file. */
export class DialAttempt {
  /** Settles once: with the connection, or with the error given up with. */
  readonly result: Promise<Connection>;
  readonly #address: string;
  readonly #clock: Clock;
  readonly #path: ExchangePath;
  readonly #startMs: number;
  #resolve: (connection: Connection) => void = () => {};
  #reject: (error: DwcpError) => void = () => {};
  #dialer: MemoryConnection | undefined;
  #settled = false;

  constructor(address: string, clock: Clock, path: ExchangePath) {
    this.#address = address;
    this.#clock = clock;
    this.#path = path;
    this.#startMs = clock.nowMs();
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    path.travel(() => this.#arrive());
  }

  /** Rejects unless it is settled, and takes back what the listener may have accepted. */
  giveUp(error: DwcpError): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#dialer?.close();
    this.#reject(error);
  }

  #arrive(): void {
    if (this.#settled) return;
    const dialer = this.#path.accept(this.#address);
    this.#dialer = dialer;
    this.#path.travel(() => {
      if (dialer === undefined) this.giveUp(nobodyAt(this.#address));
      else this.#succeed(dialer);
    });
  }

  #succeed(dialer: MemoryConnection): void {
    if (this.#settled) return;
    this.#settled = true;
    dialer.outbound.meter.roundTrip(this.#clock.nowMs() - this.#startMs);
    this.#resolve(dialer);
  }
}

function nobodyAt(address: string): DwcpError {
  return new DwcpError('ERR_DWCP_CONNECT_FAILED', `nobody listens on ${address}`);
}
