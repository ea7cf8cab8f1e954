import { makeKey } from '@millrace/layer-app';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { freePorts, type Ports } from './beside/servers';

/** What one step tells later ones, also those of another run. */
export interface Facts {
  /** The day from which the source's days are counted. */
  readonly base_ms: number;
  readonly key: string;
  readonly hash: string;
  readonly ports: Ports;
  /** Images were built and loaded by us, the broken one and the successor among them. */
  loaded: boolean;
  /** Number of the source's next segment. */
  next: number;
  /** Those that were fed as a whole. */
  readonly fed: number[];
}

/** A file that is written at every change. */
export class Memory {
  private constructor(
    private readonly path: string,
    readonly facts: Facts,
  ) {}

  static async open(path: string, now_ms: number): Promise<Memory> {
    if (existsSync(path)) return new Memory(path, JSON.parse(readFileSync(path, 'utf8')) as Facts);
    const memory = new Memory(path, { base_ms: now_ms, ...makeKey(), ports: await freePorts(), loaded: false, next: 0, fed: [] });
    mkdirSync(dirname(path), { recursive: true });
    memory.keep();
    return memory;
  }

  keep(): void {
    writeFileSync(this.path, JSON.stringify(this.facts, null, 1), { mode: 0o600 });
  }
}
