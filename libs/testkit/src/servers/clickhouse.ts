import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, refuseTaken } from './port';
import { need } from './programs';
import { type Place, Server } from './server';
import { workspace } from './workspace';

export interface ClickHousePlace extends Place {
  /** Native protocol. Default: a free one. */
  readonly tcpPort?: number;
  /** The one address that it listens on. Default: that of the loopback interface. */
  readonly host?: string;
  /** As on the server's command line, such as `--config-file=x.xml`. */
  readonly args?: readonly string[];
}

/**
 * The engine that chdb ships holds ClickHouse's own HTTP and native servers; only its command-line entry can start them.
 * The query that never ends keeps the process up.
 */
const SERVE = `
import ctypes, sys
so, d, host, http, tcp, *extra = sys.argv[1:]
sql = ('SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT sleepEachRow(1) FROM system.numbers '
       'SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0 FORMAT Null')
a = [x.encode() for x in ['clickhouse', '--path=' + d, '--listen_host=' + host, '--http_port=' + http, '--tcp_port=' + tcp, *extra, '--query', sql]]
ctypes.CDLL(so).chdb_query_cmdline(len(a), (ctypes.c_char_p * len(a))(*a))
`;

/** A ClickHouse server of the version that standalone embeds, over TCP. */
export async function startClickHouse(place: ClickHousePlace): Promise<Server> {
  await need(['python3']);
  const port = place.port ?? (await freePort());
  const tcpPort = place.tcpPort ?? (await freePort());
  await refuseTaken(port, 'ClickHouse');
  await refuseTaken(tcpPort, 'ClickHouse');
  const { directory, host = '127.0.0.1', args = [] } = place;
  const url = `http://${host}:${port}`;
  return Server.at(
    {
      name: 'ClickHouse',
      url,
      port,
      command: ['python3', '-c', SERVE, library(), join(directory, 'data'), host, String(port), String(tcpPort), ...args],
      probe: async () => {
        const { ok, status } = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(1000) });
        if (!ok) throw new Error(`/ping answers ${status}`);
      },
    },
    place,
  );
}

function library(): string {
  const folder = join(workspace(), 'node_modules/@chdb');
  const platform = `lib-${process.platform}-${process.arch}`;
  const found = readdirSync(folder).find((name) => name.startsWith(platform));
  if (found === undefined) throw new Error(`chdb has no engine for this machine (${platform})`);
  return join(folder, found, 'libchdb.so');
}
