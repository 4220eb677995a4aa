/** Where the ladder starts and ends in each mode, written as differences from `hybrid`. */
import type { BlockChoice } from './rungs.ts';

/** Names of the presets, one per mode of the network. */
export type HdePreset = 'datacenter' | 'internet' | 'hybrid';

/** Bounds and start of the adaptive choice. */
export interface PresetBounds {
  /** Choice before anything was measured. */
  readonly start: BlockChoice;
  /** Lightest choice for blocks that can be compressed. */
  readonly lightest: BlockChoice;
  /** Heaviest choice. */
  readonly heaviest: BlockChoice;
}

/** Nothing is known: the whole ladder, from the choice that is least wrong at any link speed. */
const hybrid: PresetBounds = {
  // Static LZ4 costs 6.5 % over the best choice per block at 1 Gbit/s, 9 % at 100 Mbit/s; every
  // zstd level costs more than half at 1 Gbit/s.
  start: { codec: 'lz4', level: 0 },
  lightest: { codec: 'none', level: 0 },
  heaviest: { codec: 'zstd', level: 9 },
};

/** The presets by name. The figures come from 147 blocks of 7 kinds of data, research page HDE. */
export const presets: Readonly<Record<HdePreset, PresetBounds>> = {
  hybrid,
  datacenter: {
    ...hybrid,
    // At 10 Gbit/s the best choice is `none` or LZ4 for every block; zstd 3 takes 8 times as long.
    heaviest: { codec: 'zstd', level: 1 },
  },
  internet: {
    ...hybrid,
    // Static zstd 3 costs 3.4 % over the best choice per block at 100 Mbit/s, 0.4 % in total.
    start: { codec: 'zstd', level: 3 },
    // A sender that cannot fill its link gains nothing from raw bytes, and others share the link.
    lightest: { codec: 'lz4', level: 0 },
  },
};
