import { MAX_ID_BYTES } from './fields';
import type { JSONSchema } from './json-schema';

/** What a field accepts, in words, for whoever gets a rejection. Made from its schema. */
export function expectationOf(field: JSONSchema): string {
  if (field.enum !== undefined) return `one of ${field.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  switch (field['x-value']) {
    case 'id':
      return `text of 1 to ${MAX_ID_BYTES} bytes without control characters, or a number`;
    case 'time':
      return 'an RFC 3339 date-time with an offset, or integer milliseconds since 1970';
    case 'money':
      return `an integer number of minor units from ${field.minimum ?? 0} to ${field.maximum ?? ''}`;
    case 'integer':
      return `an integer of at least ${field.minimum ?? 0}`;
    case 'currency':
      return 'an ISO 4217 code of three capital letters';
    default:
      return 'another value';
  }
}
