import { BlockList, isIP } from 'node:net';
import type { ApiKeys } from './keys-file';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** Whether nobody outside this machine can reach a server that listens there. A name other than `localhost` may be anything. */
export const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
};

/** Why the API must not listen on `host`, as a sentence that says what to change; null when it may. For `main`, before it listens. */
export const bindingProblem = (host: string, keys: ApiKeys | null): string | null =>
  keys !== null || isLoopback(host)
    ? null
    : `Without API keys the API listens on this machine alone, and ${host} can be reached from others. Give it keys, or let it listen on 127.0.0.1.`;
