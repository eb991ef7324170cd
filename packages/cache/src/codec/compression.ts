import * as zlib from 'node:zlib';

/**
 * Makes bytes fewer. `id` is one capital letter, written before what it made, so that any process that knows it can read it:
 * `Z` is zstd, `B` brotli; give others (an LZ4 library, say) another one.
 */
export interface Compressor {
  readonly id: string;
  readonly name: string;
  compress(data: Uint8Array): Uint8Array;
  /** Gives exactly `length` bytes, or throws; never allocates more than that because of what the data says. */
  decompress(data: Uint8Array, length: number): Uint8Array;
}

/** Brotli at its quickest, as every Node has it. */
export const brotliCompressor: Compressor = {
  id: 'B',
  name: 'brotli',
  compress: (data) =>
    zlib.brotliCompressSync(data, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: 1,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: data.byteLength,
      },
    }),
  decompress: (data, length) => zlib.brotliDecompressSync(data, { maxOutputLength: Math.max(1, length) }),
};

type Zstd = (data: Uint8Array, options?: { readonly maxOutputLength?: number }) => Uint8Array;
const { zstdCompressSync, zstdDecompressSync } = zlib as {
  readonly zstdCompressSync?: Zstd;
  readonly zstdDecompressSync?: Zstd;
};

/** Zstandard, where the platform has it (Node 22.15 and later); undefined elsewhere. */
export const zstdCompressor: Compressor | undefined =
  zstdCompressSync === undefined || zstdDecompressSync === undefined
    ? undefined
    : {
        id: 'Z',
        name: 'zstd',
        compress: (data) => zstdCompressSync(data),
        decompress: (data, length) => zstdDecompressSync(data, { maxOutputLength: Math.max(1, length) }),
      };

/** Those that read whatever is set for writing. */
export const knownCompressors: readonly Compressor[] = [brotliCompressor, zstdCompressor].filter(
  (each) => each !== undefined,
);
