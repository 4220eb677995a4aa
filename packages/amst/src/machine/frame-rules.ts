/** Which frames may arrive where and how large they may be. */
import { DwcpError } from '@dwcp/core';
import { maxFailureBytes } from './failure.ts';
import { frameType, type FrameHeader } from './frame.ts';
import type { PeerLimits } from './handshake.ts';
import { maxChannelBytes } from './messages.ts';
import { digestBytes, maxOfferBytes } from './transfer-frames.ts';

/** The largest payload of each frame type that a side with these limits accepts, blocks apart. */
export class FrameRules {
  readonly #maxBytes: ReadonlyMap<number, number>;

  constructor(own: PeerLimits) {
    const messageBytes = 1 + maxChannelBytes + own.maxMessageBytes;
    this.#maxBytes = new Map<number, number>([
      [frameType.message, messageBytes],
      [frameType.request, messageBytes],
      [frameType.response, own.maxMessageBytes],
      [frameType.failure, maxFailureBytes],
      [frameType.offer, maxOfferBytes(own.maxMetaBytes)],
      [frameType.credit, 8],
      [frameType.end, 8 + 4 + digestBytes],
      [frameType.done, 0],
      [frameType.abort, maxFailureBytes],
      [frameType.stop, maxFailureBytes],
      [frameType.ping, 0],
      [frameType.goodbye, maxFailureBytes],
    ]);
  }

  /** Throws `ERR_DWCP_MALFORMED` for an unknown type, a wrong connection or a payload too large. */
  check(stream: number, header: Readonly<FrameHeader>): void {
    const maxBytes = this.#maxBytes.get(header.type);
    if (maxBytes === undefined) throw malformed(`frame type ${header.type} is unknown`);
    if (header.sizeBytes > maxBytes) {
      throw malformed(
        `a frame of type ${header.type} has ${header.sizeBytes} bytes, its limit is ${maxBytes}`,
      );
    }
    const anywhere = header.type === frameType.ping || header.type === frameType.goodbye;
    if (stream > 0 && !anywhere) {
      throw malformed(
        `a frame of type ${header.type} came on connection ${stream}, not on the first`,
      );
    }
  }
}

function malformed(message: string): DwcpError {
  return new DwcpError('ERR_DWCP_MALFORMED', message);
}
