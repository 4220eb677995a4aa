/** Damaged frames: seeded mutations, most of them with a header that looks honest again. */
import type { Hasher } from '../src/checksum.ts';
import { frameHeaderBytes, type HdeCodec } from '../src/index.ts';
import { seededRandom } from './data.ts';

/** A frame and what it holds. */
export interface Specimen {
  readonly block: Uint8Array;
  readonly frame: Uint8Array;
}

/** How a round of mutants ended. */
export interface MutantTally {
  /** Refused with a DWCP error. */
  refused: number;
  /** Decoded to the true block: the mutation did not touch the meaning. */
  harmless: number;
  /** Decoded to other bytes. Must stay 0. */
  wrong: number;
}

/** Decodes `count` mutants of `specimens` with `decoder`. */
export async function runMutants(
  specimens: readonly Specimen[],
  decoder: HdeCodec,
  hasher: Hasher,
  count: number,
  seed: number,
): Promise<MutantTally> {
  const random = seededRandom(seed);
  const integer = (limit: number): number => Math.floor(random() * limit);
  const tally: MutantTally = { refused: 0, harmless: 0, wrong: 0 };
  for (let index = 0; index < count; index += 1) {
    const specimen = specimens[integer(specimens.length)];
    const other = specimens[integer(specimens.length)];
    if (specimen === undefined || other === undefined) break;
    const mutant = mutate(specimen.frame, other.frame, integer);
    if (integer(8) > 0) sign(mutant, hasher);
    tally[await verdict(decoder, mutant, specimen.block)] += 1;
  }
  return tally;
}

async function verdict(
  decoder: HdeCodec,
  mutant: Uint8Array,
  block: Uint8Array,
): Promise<keyof MutantTally> {
  try {
    const { bytes } = await decoder.decode(mutant);
    return Buffer.compare(bytes, block) === 0 ? 'harmless' : 'wrong';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('ERR_DWCP_')) return 'refused';
    throw error;
  }
}

function mutate(
  frame: Uint8Array,
  other: Uint8Array,
  integer: (limit: number) => number,
): Uint8Array<ArrayBuffer> {
  const at = integer(frame.byteLength);
  switch (integer(6)) {
    case 0:
      return changed(frame, at, (byte) => byte ^ (1 << integer(8)));
    case 1:
      return changed(frame, at, () => [0, 1, 0x7f, 0x80, 0xff][integer(5)] ?? 0);
    case 2: {
      let copy = frame.slice();
      for (let times = 1 + integer(8); times > 0; times -= 1) {
        copy = changed(copy, integer(frame.byteLength), () => integer(256));
      }
      return copy;
    }
    case 3:
      return frame.slice(0, at);
    case 4:
      return spliced(frame, Math.max(at, frameHeaderBytes), other, integer(other.byteLength));
    default: {
      const from = integer(frame.byteLength);
      const copy = frame.slice();
      copy.copyWithin(at, from, from + 1 + integer(32));
      return copy;
    }
  }
}

function changed(
  frame: Uint8Array,
  at: number,
  change: (byte: number) => number,
): Uint8Array<ArrayBuffer> {
  const copy = frame.slice();
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

/** The start of one frame, with all of its header, and the end of another. */
function spliced(
  head: Uint8Array,
  headEnd: number,
  tail: Uint8Array,
  tailStart: number,
): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(headEnd + tail.byteLength - tailStart);
  joined.set(head.subarray(0, headEnd));
  joined.set(tail.subarray(tailStart), headEnd);
  return joined;
}

/** Makes stored length and header check right, so that the libraries get to see the mutant. */
function sign(frame: Uint8Array<ArrayBuffer>, hasher: Hasher): void {
  if (frame.byteLength < frameHeaderBytes) return;
  const view = new DataView(frame.buffer);
  view.setUint32(12, frame.byteLength - frameHeaderBytes, true);
  view.setUint32(16, hasher.xxh32(frame.subarray(0, 16), view.getUint32(20, true)), true);
}
