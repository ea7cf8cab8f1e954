import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, refuseTaken } from './port';
import { need } from './programs';
import { type Place, Server } from './server';

export interface PrometheusPlace extends Place {
  /** The text of its configuration file. */
  readonly config: string;
}

/** A Prometheus that scrapes what its configuration says. */
export async function startPrometheus(place: PrometheusPlace): Promise<Server> {
  await need(['prometheus']);
  const port = place.port ?? (await freePort());
  await refuseTaken(port, 'Prometheus');
  const { directory, config } = place;
  const file = join(directory, 'prometheus.yml');
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, config);
  const url = `http://127.0.0.1:${port}`;
  return Server.at(
    {
      name: 'Prometheus',
      url,
      port,
      command: [
        'prometheus',
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      probe: async () => {
        const { ok, status } = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1000) });
        if (!ok) throw new Error(`/-/ready answers ${status}`);
      },
    },
    place,
  );
}
