import { LAST_TOUCH, zoneOf, type Grain, type KeyField, type MetricsRequest, type Zone } from '@millrace/ads';
import type { Asker } from '../access/asker';
import { narrowed } from '../access/narrow';
import type { Limits } from '../limits';
import { Faults } from '../problem/faults';
import { nearest, unknownName } from '../problem/nearest';
import { QueryReader, type Query } from '../problem/query-reader';
import { ASKED_WINDOWS, boundariesAround, isBoundary, type AskedWindow } from './alignment';
import { parseFilter } from './filter';
import { grainOf, KEY_FIELDS, keysOf } from './grain';
import { instantWriter, parseInstant } from '../instant';
import { parseOrder, type Order } from './order';
import { METRICS_PARAMETERS, type MetricsParameter } from './parameters';
import { attributionsAt, metricsToRead, parseSelection, type Selection } from './selection';

const FORMATS = ['json', 'csv'] as const;
const BASES = ['conversion', 'click'] as const;
const PARAMETER_NAMES = Object.keys(METRICS_PARAMETERS) as MetricsParameter[];

/** A question as it was understood. Whether it has an answer is decided later. */
export interface Question {
  readonly request: MetricsRequest;
  readonly grain: Grain;
  readonly keys: readonly KeyField[];
  readonly selection: Selection;
  readonly order: Order | null;
  readonly limit: number | null;
  readonly format: (typeof FORMATS)[number] | null;
  /** The asker named no merchant and has a key of some: it is about these. */
  readonly narrowed: boolean;
}

/**
 * Reads a query string; throws one refusal with all faults.
 *
 * @param asker whose merchants the question must be about
 * @param models attribution models that are kept beside the default one
 */
export const parseQuestion = (
  query: Query,
  asker: Asker,
  businessZone: Zone,
  limits: Limits,
  models: readonly string[] = [],
): Question => {
  const faults = new Faults();
  const reader = new QueryReader(query, PARAMETER_NAMES, faults);

  const zone = parseZone(reader.one('timezone'), businessZone, faults) ?? businessZone;
  const window = reader.oneOf('window', ASKED_WINDOWS) ?? 'day';
  const range = parseRange(reader, window, zone, faults);

  const groupBy = parseFields(reader.list('groupBy'), faults);
  const asked = parseFilter(reader.all('filter'), faults);
  const merchants = narrowed(asked.merchant_id, asker);
  const filter = merchants === null ? asked : { ...asked, merchant_id: merchants };
  const fields = new Set([...groupBy, ...KEY_FIELDS.filter((field) => filter[field])]);
  const grain = grainOf(fields);
  if (!grain) {
    faults.add(
      'groupBy',
      `No rows are kept that know ${[...fields].join(' and ')} together: an item is counted under the item sold, an ad under the ad clicked. Ask for them one by one.`,
    );
    throw faults.refusal();
  }
  const basis = reader.oneOf('basis', BASES) ?? 'conversion';
  const model = reader.oneOf('model', [LAST_TOUCH, ...models]) ?? LAST_TOUCH;
  const keys = keysOf(groupBy, grain);
  const selection = parseSelection(reader.list('metrics'), attributionsAt(grain, basis), faults);
  const order = parseOrder(reader.one('order'), keys, selection, faults);
  const limit = parseLimit(reader.one('limit'), limits, faults);
  const format = reader.oneOf('format', FORMATS) ?? null;
  if (!range || faults.any) throw faults.refusal();

  return {
    request: {
      grain: grain.name,
      window,
      ...range,
      timezone: zone,
      filter,
      groupBy: keys,
      metrics: metricsToRead(selection),
      basis,
      model,
    },
    grain,
    keys,
    selection,
    order,
    limit,
    format,
    narrowed: merchants !== null && asked.merchant_id === undefined,
  };
};

const parseZone = (name: string | undefined, businessZone: Zone, faults: Faults): Zone | undefined => {
  if (name === undefined || name === businessZone.name) return businessZone;
  try {
    return zoneOf(name);
  } catch {
    // Several hundred zones are too many to list.
    const candidate = nearest(name, Intl.supportedValuesOf('timeZone'));
    return faults.add(
      'timezone',
      `There is no time zone "${name}". Use an IANA name, such as ${candidate ?? 'Asia/Shanghai'} or UTC.`,
    );
  }
};

const parseRange = (
  reader: QueryReader<MetricsParameter>,
  window: AskedWindow,
  zone: Zone,
  faults: Faults,
): { from_ms: number; to_ms: number } | undefined => {
  const from_ms = parseEdge(reader, 'from', window, zone);
  const to_ms = parseEdge(reader, 'to', window, zone);
  if (from_ms === undefined || to_ms === undefined) return undefined;
  return from_ms < to_ms
    ? { from_ms, to_ms }
    : faults.add('to', 'The range is half-open, [from, to), and this one is empty: give a `to` later than `from`.');
};

const parseEdge = (
  reader: QueryReader<MetricsParameter>,
  name: 'from' | 'to',
  window: AskedWindow,
  zone: Zone,
): number | undefined => {
  const text = reader.one(name);
  if (!reader.has(name)) return reader.faults.add(name, 'It is required: RFC 3339 or a date, such as 2014-11-11.');
  if (text === undefined) return undefined;
  const instant = parseInstant(text, zone);
  if (instant === undefined)
    return reader.faults.add(
      name,
      `"${text}" is no instant. Write RFC 3339, such as 2014-11-11T00:00:00+08:00 (a + as %2B), or a date, such as 2014-11-11.`,
    );
  if (isBoundary(instant, window, zone)) return instant;
  const [before, after] = boundariesAround(instant, window, zone).map(instantWriter(zone.name));
  const kind = window === 'total' ? 'minute' : window;
  return reader.faults.add(
    name,
    `${text} is no ${kind} boundary in ${zone.name}: windows are answered whole or not at all. Use ${before} or ${after}.`,
  );
};

const parseFields = (names: readonly string[], faults: Faults): ReadonlySet<KeyField> => {
  const fields = new Set<KeyField>();
  for (const name of names) {
    const field = KEY_FIELDS.find((known) => known === name);
    if (field) fields.add(field);
    else faults.add('groupBy', unknownName('field', name, KEY_FIELDS));
  }
  return fields;
};

const parseLimit = (text: string | undefined, limits: Limits, faults: Faults): number | null => {
  if (text === undefined) return null;
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= limits.rows) return limit;
  faults.add('limit', `"${text}" is no number of rows from 1 to ${limits.rows}.`);
  return null;
};
