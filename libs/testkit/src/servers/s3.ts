import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, refuseTaken } from './port';
import { need } from './programs';
import { type Place, Server } from './server';
import { programsDirectory } from './workspace';

/** A well-kept S3 in memory, with S3's own errors, paging and XML; what it holds is gone when it ends. */
const MOTO = '5.2.5';
const PACKAGES = [`moto==${MOTO}`, 'flask', 'flask-cors'];

/** An S3-compatible server. Its buckets are made by whoever asks it; any credentials will do. */
export async function startS3(place: Place): Promise<Server> {
  const library = await motoLibrary();
  const port = place.port ?? (await freePort());
  await refuseTaken(port, 'S3');
  const url = `http://127.0.0.1:${port}`;
  return Server.at(
    {
      name: 'S3',
      url,
      port,
      command: ['env', `PYTHONPATH=${library}`, 'python3', '-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
      probe: async () => {
        const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(1000) });
        if (!ok) throw new Error(`${url} answers ${status}`);
      },
    },
    place,
  );
}

/** The folder of moto's packages; they come from PyPI, or the mirror that the machine's pip is set to. */
async function motoLibrary(): Promise<string> {
  await need(['python3']);
  const library = join(programsDirectory(), `moto-${MOTO}`);
  if (existsSync(library)) return library;
  await mkdir(programsDirectory(), { recursive: true });
  const draft = await mkdtemp(join(programsDirectory(), 'moto-'));
  process.stderr.write(`Fetching moto ${MOTO} with pip ...\n`);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', join(draft, 'moto'), ...PACKAGES];
  const { status, stderr } = spawnSync('python3', install, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pip could not fetch moto:\n${stderr.slice(-2000)}`);
  // As a whole, and once: a second process that did the same finds the name taken and throws its own away.
  await rename(join(draft, 'moto'), library).catch((error: unknown) => {
    if (!existsSync(library)) throw error;
  });
  await rm(draft, { recursive: true, force: true });
  return library;
}
