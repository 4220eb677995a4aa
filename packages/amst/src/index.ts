/**
 * Adaptive multi-stream transport: sessions of several connections that carry messages and bulk
 * transfers.
 *
 * @packageDocumentation
 */
export { amst } from './amst.ts';
export type { Amst } from './amst.ts';
export { checksumCodec } from './checksum-codec.ts';
export type { ChecksumCodecOptions } from './checksum-codec.ts';
export type { SessionHandler } from './driver/listen.ts';
export type { PeerLimits } from './machine/handshake.ts';
export type { AmstLimits, AmstOptions } from './options.ts';
