import { createHash, randomBytes } from 'node:crypto';

/** So that a key that leaks into a log or a repository is known for what it is. */
const PREFIX = 'mr_';
const RANDOM_BYTES = 32;
const SCHEME = 'sha256:';

/** What `hash` of an entry looks like. */
export const HASH_PATTERN = `^${SCHEME}[0-9a-f]{64}$`;

/** A new key, and what of it may be kept. */
export interface MadeKey {
  /** For its holder; it is shown once and stored nowhere. */
  readonly key: string;
  /** For the file of keys. */
  readonly hash: string;
}

/** Makes a key of 256 random bits: too many to guess, so one round of SHA-256 keeps it (docs/adr/0006). */
export const makeKey = (): MadeKey => {
  const key = `${PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return { key, hash: hashOfKey(key) };
};

/** `sha256:…`, as it stands in the file of keys. */
export const hashOfKey = (key: string): string => `${SCHEME}${createHash('sha256').update(key).digest('hex')}`;
