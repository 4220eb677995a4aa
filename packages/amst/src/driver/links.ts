/** The connections of one session: routing, keep-alive and the end. */
import { DwcpError, type SessionStats } from '@dwcp/core';
import { decodeFailure, encodeFailure } from '../machine/failure.ts';
import { FrameRules } from '../machine/frame-rules.ts';
import { frame, frameType, type FrameHeader } from '../machine/frame.ts';
import type { PeerLimits } from '../machine/handshake.ts';
import type { Settings } from '../options.ts';
import { allocate } from './allocate.ts';
import { deferred } from './deferred.ts';
import { farewell } from './farewell.ts';
import { Gate } from './gate.ts';
import { Link, type LinkOwner } from './link.ts';
import type { OutgoingBlock, Trunk } from './trunk.ts';
import type { Wire } from './wire.ts';

/** Where frames go. */
export interface FrameTarget {
  /** A block begins: memory for it, or undefined to skip it. */
  admitBlock(header: Readonly<FrameHeader>): Uint8Array | undefined;
  /** A block is complete. */
  onBlock(stream: number, header: Readonly<FrameHeader>, payload: Uint8Array): void;
  /** Another frame is complete. */
  onFrame(type: number, id: number, payload: Uint8Array): void;
  /** A connection takes a block. */
  onReady(stream: number): void;
  /** The session is over; called once. */
  onEnded(error: DwcpError): void;
}

/** Who hears the reason of a session's end. */
type Announcement = 'first connection' | 'all connections' | 'nobody';

const goodbyeWithoutError = frame(frameType.goodbye, 0, new Uint8Array(0));

/** Holds the connections of a session and what is true for all of them. */
export class Links implements Trunk, LinkOwner {
  /** Options of this side. */
  readonly settings: Settings;
  readonly peer: PeerLimits;
  readonly #target: FrameTarget;
  readonly #rules: FrameRules;
  readonly #links = new Map<number, Link>();
  readonly #drain = new Gate();
  readonly #ending = new AbortController();
  readonly #closed = deferred<DwcpError | undefined>();
  readonly #gone = deferred<void>();
  readonly #intervalMs: number;
  #first: Link | undefined;
  #ended: DwcpError | undefined;
  #flushing = false;
  #keepAlive: { cancel(): void };

  constructor(settings: Settings, peer: PeerLimits, target: FrameTarget) {
    this.settings = settings;
    this.peer = peer;
    this.#target = target;
    this.#rules = new FrameRules(settings.limits);
    // Three chances to be heard inside the shorter of the two time limits.
    const { keepAliveTimeoutMs } = settings.limits;
    this.#intervalMs = Math.floor(Math.min(keepAliveTimeoutMs, peer.keepAliveTimeoutMs) / 3);
    this.#keepAlive = settings.clock.schedule(this.#intervalMs, () => this.#tick());
  }

  get ended(): DwcpError | undefined {
    return this.#ended;
  }

  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  get flushing(): boolean {
    return this.#flushing;
  }

  get writable(): boolean {
    return this.#first?.wire.ready ?? false;
  }

  get backlogBytes(): number {
    return this.#first?.wire.backlogBytes ?? 0;
  }

  /** Resolves when the session left its open state, with the error if it failed. */
  get closed(): Promise<DwcpError | undefined> {
    return this.#closed.promise;
  }

  /** Resolves when the last connection is closed. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Adds a connection whose handshake is done; `start` of the result begins delivery. */
  attach(index: number, wire: Wire): Link {
    const maxSilentTicks = Math.ceil(this.settings.limits.keepAliveTimeoutMs / this.#intervalMs);
    const link = new Link(index, wire, this, maxSilentTicks);
    this.#links.set(index, link);
    if (index === 0) this.#first = link;
    return link;
  }

  /** Counters over all connections. */
  stats(): SessionStats {
    let sentBytes = 0;
    let receivedBytes = 0;
    for (const { wire } of this.#links.values()) {
      sentBytes += wire.sentBytes;
      receivedBytes += wire.receivedBytes;
    }
    return { sentBytes, receivedBytes, connections: this.#ended ? 0 : this.#links.size };
  }

  control(bytes: Uint8Array): void {
    if (this.#ended !== undefined) return;
    this.#first?.send([bytes], bytes.byteLength);
    const { maxQueuedMessageBytes, maxMessageBytes } = this.settings.limits;
    if (this.backlogBytes <= 2 * maxQueuedMessageBytes + maxMessageBytes) return;
    const reason = `the peer does not read: ${this.backlogBytes} bytes wait for it`;
    this.fail(new DwcpError('ERR_DWCP_LIMIT_EXCEEDED', reason));
  }

  block(stream: number, { chunks, onSent, sizeBytes }: OutgoingBlock): boolean {
    if (this.#ended !== undefined) return false;
    return this.#links.get(stream)?.send(chunks, sizeBytes, onSent) ?? false;
  }

  async drained(): Promise<void> {
    while (this.#ended === undefined && !this.writable) await this.#drain.wait();
  }

  fail(error: DwcpError): void {
    this.#finish(error, 'all connections');
  }

  /** Ends the session; resolves when the connections are closed. */
  close(error?: DwcpError): Promise<void> {
    if (error !== undefined) this.fail(error);
    else this.#finish(undefined, 'first connection');
    return this.gone;
  }

  onHeader(link: Link, header: Readonly<FrameHeader>): Uint8Array | undefined {
    if (header.type === frameType.block) return this.#target.admitBlock(header);
    this.#rules.check(link.index, header);
    return allocate(header.sizeBytes);
  }

  onFrame(link: Link, header: Readonly<FrameHeader>, payload: Uint8Array): void {
    if (header.type === frameType.block) this.#target.onBlock(link.index, header, payload);
    else if (header.type === frameType.goodbye) this.#onGoodbye(payload);
    else if (header.type !== frameType.ping) this.#target.onFrame(header.type, header.id, payload);
  }

  onReady(link: Link): void {
    if (this.#ended !== undefined) return;
    if (link === this.#first) this.#drain.open();
    this.#target.onReady(link.index);
  }

  onFailure(_link: Link, error: DwcpError): void {
    this.fail(error);
  }

  #onGoodbye(payload: Uint8Array): void {
    const error =
      payload.byteLength === 0 ? undefined : decodeFailure(payload, 'the peer ended the session');
    this.#finish(error, 'nobody');
  }

  #tick(): void {
    this.#keepAlive = this.settings.clock.schedule(this.#intervalMs, () => this.#tick());
    const { keepAliveTimeoutMs } = this.settings.limits;
    for (const link of this.#links.values()) link.tick(keepAliveTimeoutMs);
  }

  #finish(error: DwcpError | undefined, announcement: Announcement): void {
    if (this.#ended !== undefined) return;
    const by = announcement === 'nobody' ? 'the peer' : 'this side';
    this.#ended = error ?? new DwcpError('ERR_DWCP_CONNECTION_LOST', `${by} closed the session`);
    this.#flushing = announcement === 'first connection';
    this.#keepAlive.cancel();
    this.#target.onEnded(this.#ended);
    this.#drain.open();
    this.#ending.abort(this.#ended);
    const farewells = this.#sayGoodbye(error, announcement);
    if (error !== undefined) this.#closed.resolve(error);
    void this.#wait(farewells);
  }

  async #wait(farewells: readonly Promise<void>[]): Promise<void> {
    await Promise.all(farewells);
    this.#closed.resolve(undefined);
    this.#gone.resolve();
  }

  /**
   * An orderly end is said on the first connection only, behind all messages; the peer then ends
   * the others. An error is said on all, since any of them may be the one that still works.
   */
  #sayGoodbye(error: DwcpError | undefined, announcement: Announcement): Promise<void>[] {
    const { clock, limits } = this.settings;
    const words =
      error === undefined ? goodbyeWithoutError : frame(frameType.goodbye, 0, encodeFailure(error));
    return [...this.#links.values()].map((link) => {
      const orderly = announcement === 'first connection';
      const silent = announcement === 'nobody' || (orderly && link !== this.#first);
      const endNow = !orderly || link === this.#first;
      link.stop();
      const { closeTimeoutMs } = limits;
      return farewell(link.wire, silent ? undefined : words, { clock, closeTimeoutMs, endNow });
    });
  }
}
