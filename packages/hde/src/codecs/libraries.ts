/** Finds the library for each codec, when it is first needed. */
import { DwcpError, type Logger } from '@dwcp/core';
import { type CodecName, codecNames } from '../frame.ts';
import type { Compressor, Decompressor } from './library.ts';
import { loadNativeLz4 } from './lz4-native.ts';
import { loadPortableLz4 } from './lz4-portable.ts';
import { none } from './none.ts';
import { hasNativeZstd, nativeZstd } from './zstd-native.ts';
import { portableZstd } from './zstd-portable.ts';

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
  readonly #loadNativeLz4: typeof loadNativeLz4;
  readonly #loaded = new Map<CodecName, Library>();

  constructor(
    portable: boolean,
    logger: Logger | undefined,
    loadLz4: typeof loadNativeLz4 = loadNativeLz4,
  ) {
    this.#portable = portable;
    this.#logger = logger;
    this.#loadNativeLz4 = loadLz4;
  }

  /** True when blocks can be encoded with `codec` here. Loads nothing. */
  canEncode(codec: CodecName): boolean {
    return codec !== 'zstd' || (!this.#portable && hasNativeZstd());
  }

  /** The encoding half of `codec`. Throws `ERR_DWCP_UNSUPPORTED` where this platform has none. */
  compressor(codec: CodecName): Compressor {
    const { compressor } = this.#library(codec);
    if (compressor !== undefined) return compressor;
    throw new DwcpError('ERR_DWCP_UNSUPPORTED', `no library here encodes ${codec}; use lz4`);
  }

  /** The decoding half of `codec`. */
  decompressor(codec: CodecName): Decompressor {
    return this.#library(codec).decompressor;
  }

  /** All codecs; loads what was not loaded yet. */
  describe(): readonly CodecInfo[] {
    return codecNames.map((name) => {
      const { compressor, decompressor } = this.#library(name);
      return { name, encoder: compressor?.library, decoder: decompressor.library };
    });
  }

  #library(codec: CodecName): Library {
    const known = this.#loaded.get(codec);
    if (known !== undefined) return known;
    const library = this.#load(codec);
    this.#loaded.set(codec, library);
    return library;
  }

  #load(codec: CodecName): Library {
    if (codec === 'none') return both(none);
    return codec === 'lz4' ? this.#loadLz4() : this.#loadZstd();
  }

  #loadLz4(): Library {
    if (!this.#portable) {
      try {
        return both(this.#loadNativeLz4());
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
    return { compressor: undefined, decompressor: portableZstd() };
  }

  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#logger?.log('warn', message, fields);
  }
}

function both(library: Compressor & Decompressor): Library {
  return { compressor: library, decompressor: library };
}
