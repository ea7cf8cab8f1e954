import { type AdEvent, compileValidator, isRejection, RateTable, rejection, type Rejection, type Rules } from '@millrace/ads';
import type { SourceDeclaration } from './declaration/declaration';
import { compileDecoder, HEADER } from './format/decoder';
import { compileMapping } from './mapping/mapping';

/** The events of one record: all of them, or why the record as a whole is rejected. Empty for a header. */
export type RecordReader = (bytes: Uint8Array, ingest_time_ms: number) => readonly AdEvent[] | Rejection;

const UNMAPPED = rejection('unmapped', null, 'a record to which one of the mappings of the source applies');

/** Compiles a declaration, once per process and source. */
export function compileSource(declaration: SourceDeclaration, rules: Rules): RecordReader {
  const { format, default_source, placeholder_users } = declaration;
  const decode = compileDecoder(format);
  const mappings = declaration.mappings.map((mapping) => compileMapping(mapping, format));
  const rates = new RateTable(rules.base_currency, rules.rates);
  const validate = compileValidator({
    base_currency: rules.base_currency,
    covers: (currency, time_ms) => rates.covers(currency, time_ms),
    default_source,
    placeholder_users,
  });

  const aliases = new Map(Object.entries(declaration.user_aliases ?? {}));
  const underOneId = (event: AdEvent): AdEvent => {
    const user_id = aliases.size === 0 ? undefined : aliases.get(event.user_id);
    return user_id === undefined ? event : { ...event, user_id };
  };

  return (bytes, ingest_time_ms) => {
    const decoded = decode(bytes);
    if (decoded === HEADER) return [];
    if ('rejected' in decoded) return decoded;
    const events: AdEvent[] = [];
    for (const mapping of mappings) {
      const mapped = mapping(decoded.record);
      if (mapped === null) continue;
      if ('rejected' in mapped) return mapped;
      const event = validate(mapped.input, ingest_time_ms);
      // All or nothing: half of a record would come twice when the rejected half is replayed.
      if (isRejection(event)) return event;
      events.push(underOneId(event));
    }
    return events.length > 0 ? events : UNMAPPED;
  };
}
