import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Faults } from './faults';
import type { Life } from './life';
import type { Random } from '@millrace/ads';
import { Schedule } from './schedule';

/** A step of the world: something happens to a process, or to what lies outside all of them. */
export interface Step {
  readonly due_ms: number;
  /** Steps of one instant happen in the order in which they were asked for. */
  readonly order: number;
  readonly label: string;
  /** Whom it happens to: it waits while that one is frozen, and never happens once it is dead. Null: outside. */
  readonly life: Life | null;
  readonly happen: () => void;
}

/** Network and disks: mostly quick, now and then not. */
const LATENCY_MS = 40;
const SLOW_MS = 20_000;

/**
 * Everything that waits, waits here: virtual time, and one list of what happens next, in an order that a seed decides.
 * After each step that woke a process all of its promises are run to their end, so that nothing is left to the machine's
 * own timing and a seed gives the same run again.
 */
export class World {
  readonly #schedule = new Schedule();
  readonly #hash = createHash('sha256');
  #order = 0;
  #woken = false;
  #starting: Promise<void> | undefined;
  steps = 0;
  now_ms: number;

  constructor(
    readonly random: Random,
    readonly faults: Faults,
    start_ms: number,
    /** Told of every step, for a human to read. */
    private readonly onStep: (line: string) => void = () => undefined,
  ) {
    this.now_ms = start_ms;
  }

  /** Something happens after `delay_ms`. */
  after(delay_ms: number, life: Life | null, label: string, happen: () => void): void {
    this.#schedule.add({ due_ms: this.now_ms + Math.max(0, Math.floor(delay_ms)), order: this.#order++, label, life, happen });
  }

  latency_ms(): number {
    return this.random.chance(100) ? this.random.between(0, SLOW_MS) : this.random.between(1, LATENCY_MS);
  }

  /** A question of a process: answered as things stand when it arrives. It may end the process that asks (a crash at any await). */
  ask<T>(life: Life, label: string, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(this.latency_ms(), life, `${life.name} ${label}`, () => {
        if (this.#endsHere(life)) return;
        try {
          resolve(answer());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /**
   * A request that changes something outside: first it arrives, then it is answered. Between the two its process may die and
   * not know; and one that was sent by a process that has died since may arrive, or not.
   */
  request<T>(life: Life, label: string, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(this.latency_ms(), null, `${life.name} ${label}`, () => {
        if (life.state === 'dead' && this.random.chance(5_000)) return;
        let answer: () => void;
        try {
          const value = effect();
          answer = () => resolve(value);
        } catch (error) {
          answer = () => reject(error as Error);
        }
        this.after(this.latency_ms(), life, `${life.name} ${label} is answered`, () => {
          if (!this.#endsHere(life)) answer();
        });
      });
    });
  }

  #endsHere(life: Life): boolean {
    if (!life.mortal || !this.faults.strikes('crash')) return false;
    life.crash();
    return true;
  }

  /** Lets things happen until `isOver`; false if nothing is left to happen, or `max_steps` were not enough. */
  async run(isOver: () => boolean, max_steps: number): Promise<boolean> {
    for (let left = max_steps; left > 0; left--) {
      if (isOver()) return true;
      const step = this.#schedule.next();
      if (step === undefined) return isOver();
      if (!this.#happen(step)) continue;
      this.#woken = false;
      await this.#starting;
      this.#starting = undefined;
      for (let turns = step.life?.turns ?? 1; turns > 0; turns--) await turn();
    }
    return isOver();
  }

  /** Says what has happened, as one number: equal runs have equal traces. */
  trace(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  note(line: string): void {
    this.#hash.update(line);
    this.onStep(`${new Date(this.now_ms).toISOString()} ${line}`);
  }

  /** A step from outside that woke a process; nothing happens until `started`, which takes none of the world's time. */
  woke(started?: Promise<void>): void {
    this.#woken = true;
    this.#starting = started;
  }

  /** Whether promises may have been settled. */
  #happen({ due_ms, life, label, happen, order }: Step): boolean {
    this.now_ms = Math.max(this.now_ms, due_ms);
    if (life?.state === 'dead') return false;
    if (life?.state === 'frozen') {
      life.held.push({ due_ms, order, life, label, happen });
      return false;
    }
    this.steps++;
    this.note(`${this.now_ms} ${label}`);
    happen();
    return life !== null || this.#woken;
  }

  /** What was held while a process was frozen happens to it now. */
  thaw(life: Life): void {
    for (const { label, happen } of life.held.splice(0)) this.after(this.latency_ms(), life, label, happen);
  }
}
