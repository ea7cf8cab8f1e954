import type { Rules } from '@millrace/ads';
import { type Instance, writerOf } from '@millrace/stream';
import type { Outside } from '../outside';
import { INPUTS, type LayerName, LAYERS } from '../scenario/scenario';
import type { Life } from '../world/life';
import { Api } from './api';
import { type Running, runnerOf } from './layers';
import { SimulatedProcess } from './process';
import { WarehouseOperator } from './warehouse-operator';
import { refusing, wrongRules } from './wrong-rules';

/** Errors by which a process may end: what the world did to it. Any other is a fault of ours. */
const ENDS = [
  'ProduceError',
  'CorruptRecordError',
  'DiskError',
  'StoreError',
  'StoreAwayError',
  'LogGapError',
  'OwnershipLostError',
];

/** Batches that are under way may be finished, with all that is tried again. */
const END_WITHIN_MS = 3_600_000;
/** Requests pass through a server's own queues. */
const API_TURNS = 12;

/** The processes of all layers, as a platform keeps them running. */
export class Fleet {
  readonly processes: SimulatedProcess[] = [];
  readonly running = new Map<Life, Running & { readonly layer: LayerName }>();
  readonly apis = new Map<Life, Api>();
  readonly operator: WarehouseOperator;
  readonly #replicas: Record<LayerName, number>;
  idles = true;
  /** Processes with rules that they must refuse, and those of their lives that were started so. */
  readonly #wrong = new Map<SimulatedProcess, Rules>();
  readonly #refusing = new WeakSet<Life>();

  constructor(private readonly outside: Outside) {
    const { instances } = outside.scenario;
    this.operator = new WarehouseOperator(outside);
    this.#replicas = { ...instances };
    for (const layer of LAYERS) this.scale(layer, instances[layer]);
    for (let n = 0; n < outside.scenario.apis; n++) this.#startApi(n);
  }

  /** A process is configured wrongly, until it has said so. */
  misconfigure(process: SimulatedProcess): void {
    const { world, rules, scenario } = this.outside;
    this.#wrong.set(process, wrongRules(rules, scenario.start_ms, world.random));
    process.restart();
  }

  /** Its disk is left alone meanwhile: from one that is damaged it would begin anew, under whatever rules. */
  isMisconfigured(process: SimulatedProcess): boolean {
    return this.#wrong.has(process);
  }

  /** The wrong rules where they must be refused; elsewhere they would be those of a warehouse that begins. */
  #configured(
    process: SimulatedProcess,
    layer: LayerName,
    instance: Instance,
  ): { readonly rules: Rules; readonly refused: ReadonlySet<string> } {
    const { world, rules } = this.outside;
    const wrong = this.#wrong.get(process);
    const refused =
      wrong === undefined || world.faults.healed ? new Set<string>() : refusing(this.outside, process.disk, layer, instance);
    if (wrong !== undefined && refused.size > 0) return { rules: wrong, refused };
    this.#wrong.delete(process);
    return { rules, refused };
  }

  replicas(layer: LayerName): number {
    return this.#replicas[layer];
  }

  /** Another number of instances: all of the layer are told, one after the other. Who left keeps the disk, and may come back. */
  scale(layer: LayerName, replicas: number): void {
    this.#replicas[layer] = replicas;
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const name = `${layer}-${ordinal}`;
      if (!this.processes.some((process) => process.name === name)) this.processes.push(this.#process(layer, ordinal));
    }
    this.processes
      .filter((process) => process.name.startsWith(`${layer}-`))
      .forEach((process, ordinal) => {
        process.retired = ordinal >= replicas;
        if (process.life === null) process.start();
        else process.restart();
      });
  }

  /** What was found wrong: each of the running ones is a process that the platform keeps. */
  #process(layer: LayerName, ordinal: number): SimulatedProcess {
    const { outside } = this;
    const { world, scenario } = outside;
    const process: SimulatedProcess = new SimulatedProcess(world, {
      name: `${layer}-${ordinal}`,
      create: (life, disk) => {
        const instance = { ordinal, replicas: this.#replicas[layer] };
        const { rules, refused } = this.#configured(process, layer, instance);
        if (refused.size > 0) {
          world.faults.count('rules that must be refused');
          this.#refusing.add(life);
        }
        const running = runnerOf(outside, life, disk, {
          layer,
          instance,
          rules,
          idles: () => this.idles,
          onRecovery: (event) => {
            this.operator.hear(event, process, life);
            const place = writerOf(event.input);
            if (event.kind === 'recovered' && refused.has(place))
              outside.object(`${life.name} works on ${place} under rules that its snapshot must refuse`);
          },
        });
        this.running.set(life, { ...running, layer });
        return running.runner;
      },
      onEnd: (life) => {
        this.running.delete(life);
        outside.coordinator.lost(life);
      },
      onDoom: (life, why) =>
        world.after(END_WITHIN_MS, life, `${life.name} should have ended`, () =>
          outside.object(`${life.name} goes on after ${why}`),
        ),
      onError: (life, error) => {
        if (this.#refusing.has(life) && causesOf(error).some(isRefusal)) this.#wrong.delete(process);
        else this.#judge(life, error);
      },
      restart_ms: scenario.pace.poll_ms * 4,
    });
    return process;
  }

  #startApi(n: number): void {
    const process = new SimulatedProcess(this.outside.world, {
      name: `api-${n}`,
      create: (life) => {
        life.turns = API_TURNS;
        const api = new Api(this.outside, life, this.outside.rules);
        this.apis.set(life, api);
        return api;
      },
      startsSlowly: true,
      onEnd: (life) => this.apis.delete(life),
      onError: (life, error) => this.#judge(life, error),
      restart_ms: 30_000,
    });
    this.processes.push(process);
    process.start();
  }

  #judge(life: Life, error: unknown): void {
    if (causesOf(error).some(({ name }) => ENDS.includes(name))) return;
    this.outside.object(
      `${life.name} ended for no reason of the world's: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
  }

  /** What is still to be read or sent. */
  unrest(): string[] {
    const { brokers } = this.outside;
    return LAYERS.flatMap((layer) => {
      const readers = [...this.running]
        .filter(([life, of]) => life.state === 'running' && of.layer === layer)
        .map(([, of]) => of.log);
      const unread = INPUTS[layer]
        .flatMap((topic) => brokers.all(topic))
        .filter((partition) => !readers.some(({ ends }) => ends.get(writerOf(partition)) === brokers.bounds(partition).end))
        .map((partition) => `${layer} has not read ${writerOf(partition)} to its end`);
      return readers.some(({ sending }) => sending.size > 0) ? [...unread, `${layer} is sending`] : unread;
    });
  }
}

/** D3: it says from which day on the rules may differ, or that these may not. */
const isRefusal = ({ name, message }: Error): boolean =>
  name === 'SnapshotRulesError' &&
  /The earliest day from which they may differ is \d{4}-\d\d-\d\d|can change only with all state made anew/.test(message);

const causesOf = (error: unknown): Error[] => (error instanceof Error ? [error, ...causesOf(error.cause)] : []);
