import { rejection, type Rejection } from '@millrace/ads';
import type { RawRecord } from '@millrace/stream';

/** Attributes of the envelope that an event has fields for. What the data themselves say wins. */
const FIELDS = { type: 'type', id: 'event_id', source: 'source', time: 'event_time' } as const;
const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** Of Kafka's protocol binding. */
const ATTRIBUTE = 'ce_';
const STRUCTURED = 'application/cloudevents+json';

const EXPECTED = 'a CloudEvent of version 1 whose data are a JSON object';
const NOT_JSON = rejection('not_json', null, EXPECTED);
const NOT_UTF8 = rejection('not_utf8', null, 'text in UTF-8');
const NO_DATA = rejection('not_an_object', 'data', EXPECTED);

type Fields = Readonly<Record<string, unknown>>;

/**
 * The event that a CloudEvent (1.0, JSON; Kafka's binding, binary or structured) carries, as the bytes of a plain record: its
 * data, with id, source, type and time of the envelope where the data do not say them, and the envelope itself under
 * `cloudevent`. Null when the record is none. `always`: one without headers is a structured one.
 */
export const unwrapCloudEvent = ({ value, headers }: RawRecord, always: boolean): Uint8Array | Rejection | null => {
  if (value === null) return null;
  const named = headers === undefined ? null : lowerCased(headers);
  if (named !== null && `${ATTRIBUTE}specversion` in named) return unwrapBinary(named, value);
  if (!always && !named?.['content-type']?.toLowerCase().startsWith(STRUCTURED)) return null;
  return unwrapStructured(value);
};

const unwrapBinary = (headers: Readonly<Record<string, string>>, value: Uint8Array): Uint8Array | Rejection => {
  const data = parsed(value);
  if (isRejected(data)) return data;
  const attributes = Object.entries(headers).filter(([name]) => name.startsWith(ATTRIBUTE));
  return joined(Object.fromEntries(attributes.map(([name, text]) => [name.slice(ATTRIBUTE.length), text])), data.json);
};

const unwrapStructured = (value: Uint8Array): Uint8Array | Rejection => {
  const envelope = parsed(value);
  if (isRejected(envelope)) return envelope;
  if (!isObject(envelope.json)) return rejection('not_an_object', null, EXPECTED);
  const { data, data_base64, ...attributes } = envelope.json;
  if (typeof data_base64 !== 'string') return joined(attributes, data);
  const decoded = parsed(Buffer.from(data_base64, 'base64'));
  return isRejected(decoded) ? decoded : joined(attributes, decoded.json);
};

const joined = (attributes: Fields, data: unknown): Uint8Array | Rejection => {
  const absent = REQUIRED.find((name) => typeof attributes[name] !== 'string' || attributes[name] === '');
  if (absent !== undefined) return rejection('missing_field', absent, EXPECTED);
  if (!String(attributes['specversion']).startsWith('1.')) return rejection('invalid_field', 'specversion', EXPECTED);
  if (!isObject(data)) return NO_DATA;
  const said = Object.entries(FIELDS).filter(
    ([attribute, field]) => attributes[attribute] !== undefined && data[field] === undefined,
  );
  const record = {
    ...data,
    ...Object.fromEntries(said.map(([attribute, field]) => [field, attributes[attribute]])),
    cloudevent: attributes,
  };
  return encoder.encode(JSON.stringify(record));
};

const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { fatal: true });

const parsed = (bytes: Uint8Array): { readonly json: unknown } | Rejection => {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return NOT_UTF8;
  }
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return NOT_JSON;
  }
};

const isRejected = (result: { readonly json: unknown } | Rejection): result is Rejection => 'rejected' in result;
const isObject = (json: unknown): json is Fields => typeof json === 'object' && json !== null && !Array.isArray(json);
const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text]));
