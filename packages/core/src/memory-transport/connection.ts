/** One end of a memory connection: joins a sending and a receiving half. */
import { DwcpError } from '../errors.ts';
import { guardCall, guardHandler } from '../guard.ts';
import type { Connection, ConnectionHandler, PathControl, PathStats } from '../roles/transport.ts';
import type { Bottleneck } from './bottleneck.ts';
import { Inbound } from './inbound.ts';
import type { MemorySettings } from './options.ts';
import { Outbound } from './outbound.ts';
import type { Parcel, SegmentPool } from './parcel.ts';

/** What an end needs to be made. */
export interface EndOptions {
  /** Shared by the network. */
  readonly settings: MemorySettings;
  /** Shared by the network. */
  readonly pool: SegmentPool;
  /** The direction of the path that this end sends on. */
  readonly bottleneck: Bottleneck;
  /** Address of this end. */
  readonly localAddress: string;
  /** Address of the other end. */
  readonly remoteAddress: string;
  /** The other end. A function, since neither end can be made before the other. */
  readonly peer: () => MemoryConnection;
  /** This end is closed. */
  readonly onClosed: () => void;
}

/** See the head of the file. */
export class MemoryConnection implements Connection {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly peerName: string | undefined = undefined;
  readonly encrypted: boolean = false;
  /** The sending half; the other end acknowledges through it. */
  readonly outbound: Outbound;
  readonly #options: EndOptions;
  readonly #inbound: Inbound;
  #handler: ConnectionHandler | undefined;
  #sentAll = false;
  #closed: { readonly error: DwcpError | undefined } | undefined;

  constructor(options: EndOptions) {
    const { settings, pool, bottleneck, peer } = options;
    this.#options = options;
    this.localAddress = options.localAddress;
    this.remoteAddress = options.remoteAddress;
    this.outbound = new Outbound(settings, bottleneck, pool, {
      arrived: (parcel) => peer().#receive(parcel),
      drained: () => this.#handler?.onDrain(),
      finished: () => {
        this.#sentAll = true;
        this.#closeWhenDone();
      },
    });
    this.#inbound = new Inbound(settings.clock, pool, {
      consumed: (segment) => peer().outbound.acknowledge(segment),
      ended: () => this.#closeWhenDone(),
    });
  }

  /** True from the moment that this end is closed, before the handler knows. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  open(handler: ConnectionHandler): void {
    if (this.#handler !== undefined) throw invalidState('open was called twice');
    const guarded = guardHandler(handler, (error) => this.close(error));
    this.#handler = guarded;
    if (this.#closed === undefined) this.#inbound.open(guarded);
    else this.#reportClosed();
  }

  send(chunks: readonly Uint8Array[], onSent?: () => void): boolean {
    if (this.#closed !== undefined) return false;
    if (this.outbound.ended) throw invalidState('send was called after end');
    return this.outbound.send(chunks, onSent && (() => this.#tellSent(onSent)));
  }

  #tellSent(onSent: () => void): void {
    guardCall('onSent', onSent, (error) => this.close(error));
  }

  end(): void {
    if (this.#closed === undefined) this.outbound.end();
  }

  pause(): void {
    this.#inbound.pause();
  }

  resume(): void {
    this.#inbound.resume();
  }

  close(error?: DwcpError): void {
    if (this.#closed !== undefined) return;
    this.outbound.reset(error);
    this.fail(error);
  }

  /** Closes this end without a word to the other: the path broke, or the other end closed. */
  fail(error: DwcpError | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = { error };
    this.#inbound.stop();
    this.outbound.drop();
    this.#options.onClosed();
    this.#reportClosed();
  }

  stats(): PathStats {
    return { ...this.outbound.stats(), receivedBytes: this.#inbound.receivedBytes };
  }

  control(wanted: PathControl): PathControl {
    const name = Object.keys(wanted)[0];
    if (name === undefined) return {};
    throw new DwcpError(
      'ERR_DWCP_UNSUPPORTED',
      `the memory transport has no ${name}; use shape of its network`,
    );
  }

  #receive(parcel: Parcel): void {
    if (this.#closed !== undefined) return;
    if (parcel.kind === 'reset') {
      this.fail(this.#endedBothWays() ? undefined : copied(parcel.error));
      return;
    }
    // The end is acknowledged on arrival, as a kernel does: a paused handler must not keep the peer.
    if (parcel.kind === 'end') this.#options.peer().outbound.acknowledge(parcel);
    this.#inbound.arrived(parcel);
  }

  #endedBothWays(): boolean {
    return this.outbound.ended && this.#inbound.ended;
  }

  #closeWhenDone(): void {
    if (this.#sentAll && this.#inbound.ended) this.fail(undefined);
  }

  /** Always from a timer: calls to a handler never overlap. */
  #reportClosed(): void {
    const handler = this.#handler;
    const closed = this.#closed;
    if (handler === undefined || closed === undefined) return;
    this.#options.settings.clock.schedule(0, () => handler.onClose(closed.error));
  }
}

/** The error of the other end as it would come over a wire: code and message, nothing of its memory. */
function copied(error: DwcpError | undefined): DwcpError {
  if (error === undefined)
    return new DwcpError('ERR_DWCP_CONNECTION_LOST', 'the peer dropped the connection');
  return new DwcpError(error.code, error.message, { retryable: error.retryable });
}

function invalidState(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_INVALID_STATE', message);
}
