import type { Life as LifeType } from '../world/life';
import { Life } from '../world/life';
import type { World } from '../world/world';
import { Disk } from '../ports/disk';

/** What runs in a process: a runner, or the API. */
export interface Program {
  /** Rejects when the process must end. */
  run(): Promise<void>;
  /** As for SIGTERM. */
  stop(): Promise<void>;
  /** What must be done before anything may happen to it, in the machine's own time. */
  ready?(): Promise<void>;
}

export interface ProcessOptions {
  readonly name: string;
  /** Makes the program of one life, with ports that are bound to it. */
  readonly create: (life: LifeType, disk: Disk) => Program;
  readonly onEnd: (life: LifeType) => void;
  /** A life was given an error after which it must end. */
  readonly onDoom?: (life: LifeType, why: string) => void;
  /** Told why a life ended by itself. */
  readonly onError: (life: LifeType, error: unknown) => void;
  /** Its program has a `ready` to wait for. */
  readonly startsSlowly?: boolean;
  /** How long the platform takes to start it again, at most. */
  readonly restart_ms: number;
}

/** A process that the platform starts again whenever it ends: a StatefulSet's ordinal with its volume. */
export class SimulatedProcess {
  life: LifeType | null = null;
  program: Program | null = null;
  disk: Disk;
  /** Taken out of service: it is not started again. */
  retired = false;
  #lives = 0;

  constructor(
    private readonly world: World,
    readonly options: ProcessOptions,
  ) {
    this.disk = new Disk(world);
  }

  get name(): string {
    return this.options.name;
  }

  start(): void {
    if (this.life?.state === 'running' || this.retired) return;
    const life = new Life(`${this.name}#${++this.#lives}`, (ended) => this.#crashed(ended), this.options.onDoom);
    this.life = life;
    this.world.note(`${life.name} starts`);
    const program = this.options.create(life, this.disk);
    this.program = program;
    this.world.woke(this.options.startsSlowly === true ? program.ready?.() : undefined);
    program.run().then(
      () => this.#ended(life),
      (error: unknown) => {
        if (life.state === 'dead') return;
        this.world.note(`${life.name} ends: ${error instanceof Error ? error.message : String(error)}`);
        this.options.onError(life, error);
        this.#ended(life);
      },
    );
  }

  /** A long pause: another takes its place, on a disk as it is now. It goes on when it is thawed. */
  freeze(): LifeType | null {
    const { life } = this;
    if (life?.state !== 'running') return null;
    life.state = 'frozen';
    life.isZombie = true;
    life.mortal = false;
    this.world.note(`${life.name} freezes`);
    this.life = null;
    this.disk = this.disk.copy();
    this.#startLater();
    return life;
  }

  thaw(life: LifeType): void {
    if (life.state !== 'frozen') return;
    this.world.note(`${life.name} wakes up`);
    life.state = 'running';
    this.world.thaw(life);
  }

  /** As a rolling restart does: it stops in order, and starts again. */
  restart(): void {
    const { life, program } = this;
    if (life?.state !== 'running' || program === null) return;
    this.world.note(`${life.name} is told to stop`);
    // What stop rejects with, run has rejected with.
    program.stop().catch(() => undefined);
    this.world.woke();
  }

  #crashed(life: LifeType): void {
    const powerLoss = this.world.faults.strikes('power loss');
    this.world.note(`${life.name} crashes${powerLoss ? ', the power is lost' : ''}`);
    if (life !== this.life) return this.options.onEnd(life);
    if (powerLoss) this.disk.losePower();
    this.#ended(life);
  }

  #ended(life: LifeType): void {
    life.end();
    this.options.onEnd(life);
    if (life !== this.life) return;
    this.life = null;
    this.program = null;
    this.#startLater();
  }

  #startLater(): void {
    const { restart_ms } = this.options;
    this.world.after(this.world.random.between(500, restart_ms), null, `${this.name} is started again`, () => this.start());
  }
}
