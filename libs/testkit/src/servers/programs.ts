import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Debian's package of each program that the servers, and what watches them, need. */
const PACKAGES = {
  java: 'openjdk-17-jre-headless',
  mvn: 'maven',
  'redis-server': 'redis-server',
  python3: 'python3',
  go: 'golang-go',
  buildah: 'buildah',
  podman: 'podman',
  runc: 'runc',
  mmdebstrap: 'mmdebstrap',
  prometheus: 'prometheus',
  promtool: 'prometheus',
} as const;

export type ProgramName = keyof typeof PACKAGES;

/** Installs those that are missing, as root; else throws, saying what to run. */
export async function need(programs: readonly ProgramName[]): Promise<void> {
  const missing = [...new Set(programs.filter((program) => !onPath(program)).map((program) => PACKAGES[program]))];
  if (missing.length === 0) return;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(`Missing on this machine. Run as root:\n  ${install}`);
  process.stderr.write(`Installing ${missing.join(', ')} ...\n`);
  // Suites run beside one another, and apt-get refuses to.
  const { status, stderr } = spawnSync('flock', [join(tmpdir(), 'millrace-apt.lock'), 'sh', '-c', `(${install}) >/dev/null`], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${install}\nfailed:\n${stderr.slice(-2000)}`);
}

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
