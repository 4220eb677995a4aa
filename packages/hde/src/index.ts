/**
 * Hierarchical delta encoding: checksummed compressed blocks, codec selection, content-defined
 * chunks.
 *
 * @packageDocumentation
 */
export { hde } from './hde.ts';
export type { FixedPolicy, HdeOptions } from './hde.ts';
export type { CodecInfo } from './codecs/libraries.ts';
export type { HdeCodec } from './driver/block-codec.ts';
export type { Explanation } from './driver/chooser.ts';
export { codecNames, frameHeaderBytes } from './frame.ts';
export type { CodecName } from './frame.ts';
export type { AdaptiveState, DecisionReason } from './machine/adaptive.ts';
export type { RungEstimate } from './machine/estimates.ts';
export type { HdePreset } from './machine/presets.ts';
export { chunker } from './chunking/chunker.ts';
export type { ChunkerOptions } from './chunking/chunker.ts';
export { chunkDigest, chunkDigestBytes } from './chunking/digest.ts';
export { cutStream } from './chunking/stream.ts';
