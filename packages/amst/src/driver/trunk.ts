/** What the parts of a session use of it. */
import type { DwcpError } from '@dwcp/core';
import type { PeerLimits } from '../machine/handshake.ts';
import type { Settings } from '../options.ts';

/** A block with its frame header, ready to be sent. */
export interface OutgoingBlock {
  /** To be sent in this order. */
  readonly chunks: readonly Uint8Array[];
  /** Sum of the chunks' sizes. */
  readonly sizeBytes: number;
  /** Called when the memory of the chunks is free again. */
  readonly onSent: (() => void) | undefined;
}

/** The session as its messenger and its transfers see it. */
export interface Trunk {
  /** Options of this side. */
  readonly settings: Settings;
  /** What the peer accepts. */
  readonly peer: PeerLimits;
  /** Why the session is over, or undefined while it is open. */
  readonly ended: DwcpError | undefined;
  /** Fires when the session is over. */
  readonly ending: AbortSignal;
  /** True when this side closed the session in order: what was handed over still goes out. */
  readonly flushing: boolean;
  /** True when the first connection takes more. */
  readonly writable: boolean;
  /** Bytes that wait in front of the first connection. */
  readonly backlogBytes: number;
  /** Sends a frame on the first connection, ahead of all blocks that are not yet handed over. */
  control(frame: Uint8Array): void;
  /** Sends a block on a connection; true when that connection takes another one. */
  block(stream: number, block: OutgoingBlock): boolean;
  /** Resolves when the first connection takes more, or the session is over. */
  drained(): Promise<void>;
  /** Ends the session with an error that the peer is told. */
  fail(error: DwcpError): void;
}
