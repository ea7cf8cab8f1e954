import { decodeServedDay, DEFAULT_RULES, type Fact } from '@millrace/ads';
import { LoadedParts, type Output, type RowPosition, type Snapshotting } from '@millrace/stream';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDws } from '.';
import { rowsOf } from './testing/driver';

/**
 * What a version with that layout captured after 45 facts (of layout 2: 55), with rows of two segments and of days that other
 * segments have left; 15 facts (5) that follow; and all that it emitted then, after a restart: rows without what is 0 or empty, and values served.
 */
const written = (layout: number) =>
  JSON.parse(readFileSync(join(__dirname, `../fixtures/layout-${layout}.json`), 'utf8')) as {
    readonly parts: Readonly<Record<string, string>>;
    readonly after: readonly Fact[];
    readonly rows: readonly object[];
    readonly serving: Readonly<Record<string, object>>;
  };
const silent: Output = { emit: () => undefined };
const at: RowPosition = { source: { topic: 'ods.action', partition: 0 }, epoch: 1, offset: 0, ordinal: 0 };

test.each([1, 2])('state of layout %i is read, and gone on from as the version that wrote it did', (layout) => {
  const { parts, after, rows, serving } = written(layout);
  const dws = createDws({ rules: DEFAULT_RULES, max_segment_rows: 400 }).create({ topic: 'dwd.fact', partition: 3 });
  const bytes = Object.entries(parts).map(([name, part]): [string, Uint8Array] => [name, Buffer.from(part, 'base64')]);
  const state = dws as unknown as Snapshotting;
  state.restore(new LoadedParts(new Map(bytes)), layout);
  // No part of the new layout may be taken for one that is written already, but for those that are the same in both.
  const again = state.snapshot().filter(({ name, revision }) => revision !== null && name in parts);
  for (const { name, capture } of again) expect(Buffer.concat(capture()).toString('base64')).toBe(parts[name]);

  for (const fact of after) dws.process(fact, -Infinity, silent, at);
  const emission = dws.collect(60);
  const said = rowsOf(emission).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== 0 && value !== '')),
  );
  const sorted = (some: readonly object[]): string[] => some.map((row) => JSON.stringify(row)).sort();
  expect(sorted(said)).toEqual(sorted(rows));
  const served = (emission?.serving ?? []).filter(({ key }) => key.includes(':day:'));
  expect(Object.fromEntries(served.map(({ key, value }) => [key, decodeServedDay(value).values]))).toEqual(serving);
});
