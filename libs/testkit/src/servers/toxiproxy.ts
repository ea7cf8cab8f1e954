import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, refuseTaken } from './port';
import { need } from './programs';
import { type Place, Server } from './server';
import { programsDirectory } from './workspace';

const VERSION = '2.5.0';
const MODULE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`;

/** A network that can be cut, slowed and half closed: proxies are made over its HTTP interface, at `url`. */
export async function startToxiproxy(place: Place): Promise<Server> {
  const program = await built();
  const port = place.port ?? (await freePort());
  await refuseTaken(port, 'Toxiproxy');
  const url = `http://127.0.0.1:${port}`;
  return Server.at(
    {
      name: 'Toxiproxy',
      url,
      port,
      command: [program, '-host', '127.0.0.1', '-port', String(port)],
      probe: async () => {
        const { ok, status } = await fetch(`${url}/version`, { signal: AbortSignal.timeout(1000) });
        if (!ok) throw new Error(`${url} answers ${status}`);
      },
    },
    place,
  );
}

/** There is no package of it; Go builds it from its module, once. */
async function built(): Promise<string> {
  const directory = join(programsDirectory(), `toxiproxy-${VERSION}`);
  const program = join(directory, 'server');
  if (existsSync(program)) return program;
  await need(['go']);
  await mkdir(programsDirectory(), { recursive: true });
  const draft = await mkdtemp(join(programsDirectory(), 'toxiproxy-'));
  process.stderr.write(`Building toxiproxy ${VERSION} with go ...\n`);
  const { status, stderr } = spawnSync('go', ['install', MODULE], { encoding: 'utf8', env: { ...process.env, GOBIN: draft } });
  if (status !== 0) throw new Error(`go could not build ${MODULE}:\n${stderr.slice(-2000)}`);
  // As a whole, and once: a second process that did the same finds the name taken and throws its own away.
  await rename(draft, directory).catch((error: unknown) => {
    if (!existsSync(program)) throw error;
  });
  await rm(draft, { recursive: true, force: true });
  return program;
}
