import {
  type AdEvent,
  compileValidator,
  isRejection,
  PLACEHOLDER_USERS,
  RateTable,
  rejection,
  type Rejection,
  type Rules,
} from '@millrace/ads';
import type { SourceDeclaration } from './declaration/declaration';
import type { EventList } from './event-list';
import { compileDecoder, HEADER } from './format/decoder';
import { type EventRules, LayoutReader } from './layout/layout-reader';
import { compileMapping } from './mapping/mapping';

/**
 * Appends the events of one record, or says why the record as a whole is rejected, and then has appended none. A header is
 * no event.
 */
export type RecordReader = (bytes: Uint8Array, ingest_time_ms: number, events: EventList) => Rejection | null;

const UNMAPPED = rejection('unmapped', null, 'a record to which one of the mappings of the source applies');

/** Compiles a declaration, once per process and source. */
export function compileSource(declaration: SourceDeclaration, rules: Rules): RecordReader {
  const eventRules = eventRulesOf(declaration, rules);
  const general = compileGeneral(declaration, eventRules);
  if (declaration.format.type !== 'json') return general;
  const quick = new LayoutReader(declaration, eventRules);
  return (bytes, ingest_time_ms, events) => {
    if (quick.read(bytes, ingest_time_ms, events)) return null;
    const rejected = general(bytes, ingest_time_ms, events);
    if (rejected === null) quick.learn(bytes);
    return rejected;
  };
}

export function eventRulesOf({ placeholder_users, user_aliases }: SourceDeclaration, rules: Rules): EventRules {
  const rates = new RateTable(rules.base_currency, rules.rates);
  return {
    base_currency: rules.base_currency,
    covers: (currency, time_ms) => rates.covers(currency, time_ms),
    placeholder_users: placeholder_users ?? PLACEHOLDER_USERS,
    user_aliases: new Map(Object.entries(user_aliases ?? {})),
  };
}

/** Reads any record: decodes it whole, maps it, validates what comes of it. */
export function compileGeneral(declaration: SourceDeclaration, { user_aliases, ...rules }: EventRules): RecordReader {
  const { format, default_source } = declaration;
  const decode = compileDecoder(format);
  const mappings = declaration.mappings.map((mapping) => compileMapping(mapping, format));
  const validate = compileValidator({ ...rules, default_source });

  const underOneId = (event: AdEvent): AdEvent => {
    const user_id = user_aliases.size === 0 ? undefined : user_aliases.get(event.user_id);
    return user_id === undefined ? event : { ...event, user_id };
  };

  const append = (record: unknown, ingest_time_ms: number, events: EventList): Rejection | null => {
    const before = events.length;
    for (const mapping of mappings) {
      const mapped = mapping(record);
      if (mapped === null) continue;
      if ('rejected' in mapped) return mapped;
      const event = validate(mapped.input, ingest_time_ms);
      if (isRejection(event)) return event;
      events.add(underOneId(event));
    }
    return events.length > before ? null : UNMAPPED;
  };

  return (bytes, ingest_time_ms, events) => {
    const decoded = decode(bytes);
    if (decoded === HEADER) return null;
    if ('rejected' in decoded) return decoded;
    const before = events.length;
    const rejected = append(decoded.record, ingest_time_ms, events);
    // All or nothing: half of a record would come twice when the rejected half is replayed.
    if (rejected !== null) events.keep(before);
    return rejected;
  };
}
