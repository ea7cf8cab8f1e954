import * as zstd from '@mongodb-js/zstd';
import { compressionsAlgorithms } from '@platformatic/kafka';
import kafkajs from 'kafkajs';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { compress as snappyCompress, uncompress as snappyUncompress } from 'snappy';

/** What the Java clients put round snappy: this, two version numbers, then blocks with their lengths. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;

/** All codecs besides gzip, which kafkajs has: a batch in an unknown one would stop the consumer of everything (stack.md §5). */
export function registerCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => snappyCompress(buffer),
    decompress: unsnappy,
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compressFrameSync(buffer),
    decompress: async (buffer: Buffer) => decompressFrameSync(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => zstd.compress(buffer, 1),
    decompress: (buffer: Buffer) => zstd.decompress(buffer),
  });
}

/** What @platformatic/kafka is handed to compress: bytes, or a buffer that grows. */
type Uncompressed = Parameters<typeof compressionsAlgorithms.lz4.compressSync>[0];

/** The client that produces has lz4 in WebAssembly: two to three times as dear as native code, which is here for reading anyway (ADR 0027). */
export function registerNativeLz4(): void {
  const compressSync = (data: Uncompressed): Buffer => compressFrameSync(Buffer.isBuffer(data) ? data : data.buffer);
  Object.assign(compressionsAlgorithms.lz4, { compressSync });
}

async function unsnappy(buffer: Buffer): Promise<Buffer> {
  if (!buffer.subarray(0, XERIAL.length).equals(XERIAL)) return bytesOf(await snappyUncompress(buffer));
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER; at < buffer.length;) {
    const end = at + 4 + buffer.readUInt32BE(at);
    blocks.push(bytesOf(await snappyUncompress(buffer.subarray(at + 4, end))));
    at = end;
  }
  return Buffer.concat(blocks);
}

const bytesOf = (content: string | Buffer): Buffer => (typeof content === 'string' ? Buffer.from(content) : content);
