import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** To which part of the work a function belongs, by the file it was written in and its name; null: to that of its caller. */
export type PartOf = (file: string, name: string) => string | null;

/** Profiles this process until the returned function is called, which tells the shares of its main thread's busy time. */
export async function profiling(partOf: PartOf): Promise<() => Promise<Record<string, number>>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return shares(profile, partOf);
  };
}

/** Shares of the busy time by part; what has none (`(program)`) is called `other`. */
export function shares(profile: Profiler.Profile, partOf: PartOf): Record<string, number> {
  const { nodes, samples = [], timeDeltas = [] } = profile;
  const self = new Map<number, number>();
  // A delta is the time before its sample: what was running then is told by the sample before.
  for (let i = 0; i + 1 < samples.length; i++)
    self.set(samples[i] ?? 0, (self.get(samples[i] ?? 0) ?? 0) + (timeDeltas[i + 1] ?? 0));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const maps = new SourceMaps();
  const sums: Record<string, number> = {};
  let busy = 0;
  const visit = (id: number, inherited: string): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { functionName: name, url, lineNumber, columnNumber } = node.callFrame;
    const own = BUILT_IN.get(name) ?? partOf(maps.fileAt(url, lineNumber, columnNumber), name);
    const part = own ?? inherited;
    const spent = self.get(id) ?? 0;
    if (spent > 0 && part !== 'idle') {
      sums[part] = (sums[part] ?? 0) + spent;
      busy += spent;
    }
    for (const child of node.children ?? []) visit(child, part);
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.id, 'other');
  return Object.fromEntries(Object.entries(sums).map(([part, us]) => [part, us / busy]));
}

const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(idle)', 'idle'],
  ['(program)', 'other'],
]);

/** Where a bundle's functions were written. */
class SourceMaps {
  readonly #maps = new Map<string, SourceMap | null>();

  fileAt(url: string, line: number, column: number): string {
    if (!url.startsWith('file:')) return url;
    const entry = this.#of(url)?.findEntry(line, column);
    return entry !== undefined && 'originalSource' in entry ? (entry.originalSource ?? url) : url;
  }

  #of(url: string): SourceMap | null {
    const known = this.#maps.get(url);
    if (known !== undefined) return known;
    const path = `${fileURLToPath(url)}.map`;
    const map = existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload) : null;
    this.#maps.set(url, map);
    return map;
  }
}
