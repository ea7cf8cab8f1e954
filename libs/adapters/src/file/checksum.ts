import type { Checksum } from '@millrace/stream';
import { crc32 } from 'node:zlib';

/** CRC-32 by zlib, gigabytes a second. */
export const checksum: Checksum = (bytes, previous = 0) => crc32(bytes, previous);
