import type { Outside } from './outside';
import type { Disk } from './ports/disk';
import type { Fleet } from './process/fleet';
import type { SimulatedProcess } from './process/process';
import { ZOMBIE_POLLS } from './scenario/scenario';
import { accountObjections } from './truth/accounts';
import { boundObjections } from './truth/bounds';
import type { Fault } from './world/faults';

/** How wrong a clock may be; with the delays of the way to the log it stays within the promised disorder. */
const MAX_SKEW_MINUTES = 10;

/** Now and then something happens to a process, a disk, a store; until the faults are over. */
export class Plague {
  constructor(
    private readonly outside: Outside,
    private readonly fleet: Fleet,
  ) {}

  begin(): void {
    const { world, scenario } = this.outside;
    const { poll_ms } = scenario.pace;
    const next = (): void => {
      if (world.faults.healed) return;
      const objections = [...accountObjections(this.outside, false), ...boundObjections(this.outside, this.fleet)];
      for (const objection of objections) this.outside.object(objection);
      this.#strike();
      world.after(world.random.between(poll_ms, poll_ms * 10), null, 'something may happen', next);
    };
    world.after(poll_ms, null, 'something may happen', next);
  }

  /** The rules of days that lie ahead change, while everything goes on. */
  changeRules(): void {
    const { world, scenario } = this.outside;
    const { change } = scenario;
    if (change === null) return;
    world.after(change.at_ms - scenario.start_ms, null, 'other rules are rolled out', () => {
      if (!world.faults.strikes('rule change')) return;
      this.outside.rules = scenario.changed;
      for (const each of this.fleet.processes) each.restart();
    });
  }

  #strike(): void {
    const { world, served } = this.outside;
    const { faults, random } = world;
    const process = random.pick(this.fleet.processes);
    if (faults.strikes('Redis flushed')) served.flush();
    if (faults.strikes('volume lost')) {
      process.disk.replace();
      process.life?.crash();
    }
    if (faults.tempts('topic truncated')) this.fleet.operator.truncate();
    if (faults.strikes('rolling restart')) for (const each of this.fleet.processes) each.restart();
    if (faults.strikes('scaling')) {
      const layer = random.pick(['ods', 'dwd', 'dws', 'archive'] as const);
      this.fleet.scale(layer, 1 + ((this.fleet.replicas(layer) + random.below(2)) % 3));
    }
    const keepsState = /^dw[ds]-/.test(process.name);
    if (keepsState && process.life !== null && faults.tempts('rules that must be refused')) this.fleet.misconfigure(process);
    if (this.fleet.isMisconfigured(process)) return;
    if (faults.strikes('zombie')) this.#zombie(process);
    if (process.life !== null && faults.strikes('clock jump'))
      process.life.skew_ms = random.between(-MAX_SKEW_MINUTES, MAX_SKEW_MINUTES) * 60_000;
    this.#damage('file lost', process, (name, { files }) => files.delete(name));
    this.#damage('file torn', process, (name, { files }) => {
      const file = files.get(name);
      if (file !== undefined) file.content = file.content.slice(0, random.below(file.content.length + 1));
    });
    this.#damage('bit flip', process, (name, { files }) => {
      const content = files.get(name)?.content ?? new Uint8Array();
      const at = random.below(Math.max(1, content.length));
      if (content.length > 0) content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
    });
  }

  /** It stands still, another takes its place; later it goes on for a while as if nothing had been. */
  #zombie(process: SimulatedProcess): void {
    const { world, scenario, coordinator } = this.outside;
    const { poll_ms } = scenario.pace;
    // What an API took before it froze it would send when its events are long late.
    if (process.options.startsSlowly === true) return;
    const zombie = process.freeze();
    if (zombie === null) return;
    coordinator.lost(zombie);
    world.after(world.random.between(poll_ms, poll_ms * ZOMBIE_POLLS * 0.8), null, `${zombie.name} may wake`, () =>
      process.thaw(zombie),
    );
    world.after(poll_ms * ZOMBIE_POLLS, null, `${zombie.name} is ended`, () => zombie.crash());
  }

  #damage(fault: Fault, { disk }: SimulatedProcess, how: (name: string, disk: Disk) => void): void {
    const names = [...disk.files.keys()];
    if (names.length === 0 || !this.outside.world.faults.strikes(fault)) return;
    const name = this.outside.world.random.pick(names);
    disk.damaged.add(name);
    how(name, disk);
  }
}
