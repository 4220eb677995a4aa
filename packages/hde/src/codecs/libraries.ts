/** Finds the library for each codec, when it is first needed. */
import type { Logger } from '@dwcp/core';
import type { CodecName } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';
import { loadNativeLz4 } from './lz4-native.ts';
import { loadPortableLz4 } from './lz4-portable.ts';
import { hasNativeZstd, nativeZstd } from './zstd-native.ts';
import { loadPortableZstd } from './zstd-portable.ts';

/** A codec that compresses. */
export type CompressingCodec = Exclude<CodecName, 'none'>;

/** One codec and the libraries that do its work in this process. */
export interface CodecInfo {
  /** Short name, as in `EncodedBlock.codec`. */
  readonly name: CodecName;
  /** Library that encodes; undefined where this platform cannot. */
  readonly encoder: string | undefined;
  /** Library that decodes. */
  readonly decoder: string;
}

/** A codec's two halves; a portable one may lack the first. */
interface Library {
  readonly compressor: Compressor | undefined;
  readonly decompressor: Decompressor;
}

/** The libraries in use; each is loaded at its first use, because lz4-napi alone takes 10 ms. */
export class Libraries {
  readonly #portable: boolean;
  readonly #logger: Logger | undefined;
  readonly #loaded = new Map<CompressingCodec, Library>();

  constructor(portable: boolean, logger: Logger | undefined) {
    this.#portable = portable;
    this.#logger = logger;
  }

  /** True when `codec` can encode here. Loads nothing. */
  canCompress(codec: CompressingCodec): boolean {
    return codec === 'lz4' || (!this.#portable && hasNativeZstd());
  }

  /** The encoding half of `codec`, or undefined where this platform has none. */
  compressor(codec: CompressingCodec): Compressor | undefined {
    return this.#library(codec).compressor;
  }

  /** The decoding half of `codec`. */
  decompressor(codec: CompressingCodec): Decompressor {
    return this.#library(codec).decompressor;
  }

  /** All codecs; loads what was not loaded yet. */
  describe(): readonly CodecInfo[] {
    const compressing = (['lz4', 'zstd'] as const).map((name) => {
      const { compressor, decompressor } = this.#library(name);
      return { name, encoder: compressor?.library, decoder: decompressor.library };
    });
    return [{ name: 'none', encoder: 'built in', decoder: 'built in' }, ...compressing];
  }

  #library(codec: CompressingCodec): Library {
    const known = this.#loaded.get(codec);
    if (known !== undefined) return known;
    const library = codec === 'lz4' ? this.#loadLz4() : this.#loadZstd();
    this.#loaded.set(codec, library);
    return library;
  }

  #loadLz4(): Library {
    if (!this.#portable) {
      try {
        return both(loadNativeLz4());
      } catch (cause) {
        this.#warn('lz4-napi could not be loaded; lz4js takes over and is several times slower', {
          platform: process.platform,
          arch: process.arch,
          cause: String(cause),
        });
      }
    }
    return both(loadPortableLz4());
  }

  #loadZstd(): Library {
    if (!this.#portable) {
      if (hasNativeZstd()) return both(nativeZstd());
      this.#warn('node:zlib has no zstd; fzstd decodes, and nothing encodes zstd', {
        version: process.version,
      });
    }
    return { compressor: undefined, decompressor: loadPortableZstd() };
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#logger?.log('warn', message, fields);
  }
}

function both(library: Compressor & Decompressor): Library {
  return { compressor: library, decompressor: library };
}
