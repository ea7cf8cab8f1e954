import { need } from '@millrace/testkit/servers';
import { attempt, type Ended, run } from './command';

/** As strict as the chart: nothing may be written but volumes, nothing may be gained. */
const CONFINED = [
  ...['--read-only', '--read-only-tmpfs=false', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'],
  ...['--runtime', 'runc', '--network', 'host', '--ulimit', 'nofile=4096:4096', '--ulimit', 'nproc=4096:4096'],
];

export interface Confinement {
  readonly memory: string;
  readonly cpus: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Paths that are volumes of the container's own. */
  readonly volumes?: readonly string[];
}

/** What the kernel says of the container's first process. */
export interface FirstProcess {
  readonly uid: number;
  /** Effective capabilities, as a number in hexadecimal. */
  readonly capabilities: string;
  readonly noNewPrivileges: boolean;
  /** Most memory that it has held, kB. */
  readonly peak_kb: number;
}

/** A container that runs, one program of the image in it. */
export class Container {
  private constructor(readonly name: string) {}

  static async start(name: string, image: string, args: readonly string[], confinement: Confinement): Promise<Container> {
    await need(['podman', 'runc']);
    await attempt('podman', ['rm', '--force', '--volumes', name]);
    await run('podman', ['run', '--detach', '--name', name, ...optionsOf(confinement), image, ...args]);
    return new Container(name);
  }

  /** Runs a program of the image to its end. */
  static async run(image: string, args: readonly string[], confinement: Confinement): Promise<Ended> {
    await need(['podman', 'runc']);
    return attempt('podman', ['run', '--rm', ...optionsOf(confinement), image, ...args]);
  }

  async firstProcess(): Promise<FirstProcess> {
    // By Node: a slim image has few tools, and a future one may have none.
    const read = "process.stdout.write(require('node:fs').readFileSync('/proc/1/status', 'utf8'))";
    const status = await run('podman', ['exec', this.name, 'node', '-e', read]);
    const of = (field: string): string => new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
    return {
      uid: Number(of('Uid')),
      capabilities: of('CapEff'),
      noNewPrivileges: of('NoNewPrivs') === '1',
      peak_kb: Number(of('VmHWM')),
    };
  }

  /** Whether the image's own health check passes. */
  async healthy(): Promise<boolean> {
    return (await attempt('podman', ['healthcheck', 'run', this.name])).code === 0;
  }

  async running(): Promise<boolean> {
    return (await run('podman', ['inspect', '--format', '{{.State.Running}}', this.name])) === 'true';
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await attempt('podman', ['logs', this.name]);
    return stdout + stderr;
  }

  /** SIGTERM, and after `limit_s` SIGKILL; its exit code, which SIGKILL makes 137. */
  async stop(limit_s: number): Promise<{ readonly code: number; readonly outOfMemory: boolean }> {
    await run('podman', ['stop', '--time', String(limit_s), this.name]);
    const [code, outOfMemory] = (
      await run('podman', ['inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', this.name])
    ).split(' ');
    return { code: Number(code), outOfMemory: outOfMemory === 'true' };
  }

  async remove(): Promise<void> {
    await attempt('podman', ['rm', '--force', '--volumes', '--time', '0', this.name]);
  }
}

const optionsOf = ({ memory, cpus, environment, volumes = [] }: Confinement): string[] => [
  ...CONFINED,
  ...['--memory', memory, '--cpus', cpus],
  ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ...volumes.flatMap((path) => ['--volume', path]),
];
