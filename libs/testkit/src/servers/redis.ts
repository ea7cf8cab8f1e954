import { type Place, Server } from './server';
import { freePort, refuseTaken } from './port';
import { need } from './programs';
import { talk } from './talk';

/** A Redis that writes every change to its append-only file; `args` as on its command line. */
export async function startRedis(place: Place & { readonly args?: readonly string[] }): Promise<Server> {
  await need(['redis-server']);
  const port = place.port ?? (await freePort());
  await refuseTaken(port, 'Redis');
  const { directory, args = [] } = place;
  return Server.at(
    {
      name: 'Redis',
      url: `redis://127.0.0.1:${port}`,
      port,
      command: [
        'redis-server',
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
        ...args,
      ],
      probe: async () => {
        const answer = (await talk(port, Buffer.from('PING\r\n'))).toString();
        if (!answer.startsWith('+PONG')) throw new Error(answer);
      },
    },
    place,
  );
}
