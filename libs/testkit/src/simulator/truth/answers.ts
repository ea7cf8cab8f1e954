import { type Fact, GRAINS, METRICS, TOPICS } from '@millrace/ads';
import type { MetricsAnswer } from '@millrace/layer-app';
import { writerOf } from '@millrace/stream';
import { cellSums } from '../../fold';
import type { Outside } from '../outside';
import type { Lane } from './books';

/** What was asked: days in the business zone, and one id that rows must have. */
export interface Asked {
  readonly from: string;
  readonly to: string;
  readonly filter: { readonly field: string; readonly id: string } | null;
}

/**
 * "No answer mixes two positions of one partition, and its as-of is true": the facts before the positions that an answer
 * states, added up slowly, are the answer; and its watermark is what their records say.
 */
export function answerObjections({ books, scenario }: Outside, asked: Asked, answer: MetricsAnswer): string[] {
  const { zone } = scenario.rules;
  const sums = cellSums({ zone });
  let watermark_ms = Infinity;
  for (const [partition, position] of Object.entries(answer.asOf.partitions)) {
    const lane = books.lane({ topic: TOPICS.fact, partition: Number(partition) });
    for (const { at, row } of lane.rows) if (at < position) sums.add(row as Fact);
    watermark_ms = Math.min(watermark_ms, watermarkAt(lane, position));
  }
  const objections: string[] = [];
  const told = answer.asOf.watermark;
  const truth = Number.isFinite(watermark_ms) && watermark_ms > 0 ? watermark_ms : null;
  if (
    (told === null ? null : Date.parse(told)) !== (truth === null ? null : Math.floor(truth / 1_000) * 1_000) &&
    Date.parse(told ?? '') !== truth
  )
    objections.push(
      `the answer says its watermark is ${told ?? 'unknown'}, and it is ${truth === null ? 'unknown' : new Date(truth).toISOString()}`,
    );

  const grain = GRAINS.find(({ name }) => name === answer.query['grain']);
  if (grain === undefined) return [...objections, `no grain ${String(answer.query['grain'])}`];
  const expected = new Map<string, number>();
  for (const [cell, value] of sums.cells) {
    const parts = cell.split('|');
    const [day = ''] = parts.slice(grain.path.length + 2);
    if (parts[0] !== grain.name || parts[grain.path.length + 1] !== 'day' || day < asked.from || day >= asked.to) continue;
    const place = asked.filter === null ? -1 : grain.path.indexOf(asked.filter.field as (typeof grain.path)[number]);
    if (asked.filter === null || parts[place + 1] === asked.filter.id) expected.set(cell, value);
  }
  const found = new Map<string, number>();
  for (const row of answer.rows) {
    const key = [grain.name, ...grain.path.map((field) => row[field] ?? ''), 'day', row.day ?? ''].join('|');
    for (const { name } of METRICS) {
      const value = row.metrics[name];
      if (typeof value === 'number') add(found, `${key}|${name}`, value);
      else for (const [attribution, part] of Object.entries(value ?? {})) add(found, `${key}|${name}|${attribution}`, part);
    }
  }
  for (const cell of new Set([...found.keys(), ...expected.keys()])) {
    const [is, should] = [found.get(cell) ?? 0, expected.get(cell) ?? 0];
    if (is !== should)
      objections.push(
        `the answer as of ${JSON.stringify(answer.asOf.partitions)} has ${cell}: ${is}, the facts before it ${should}`,
      );
  }
  return objections;
}

const add = (cells: Map<string, number>, cell: string, value: number): void => {
  if (value !== 0) cells.set(cell, (cells.get(cell) ?? 0) + value);
};

/** The least clock of all writers that are known, at every moment; it never goes back. */
function watermarkAt({ frames }: Lane, position: number): number {
  const clocks = new Map<string, number>();
  let announced = false;
  let watermark_ms = -Infinity;
  const hear = (writer: string, clock_ms: number): void => {
    clocks.set(writer, Math.max(clock_ms, clocks.get(writer) ?? -Infinity));
    if (announced) watermark_ms = Math.max(watermark_ms, Math.min(...clocks.values()));
  };
  for (const { source, clocks: told, tick } of frames.slice(0, position)) {
    for (const writer of tick?.known ?? []) if (!clocks.has(writer)) clocks.set(writer, -Infinity);
    announced ||= tick !== undefined;
    hear(writerOf(source), Math.max(-Infinity, ...told));
    if (tick !== undefined) hear(tick.writer, tick.clock_ms);
  }
  return watermark_ms;
}
