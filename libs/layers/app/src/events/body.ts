import { Refusal } from '../problem/refusal';

/** One event as it was sent, or what stands where JSON should be. */
export type Item = { readonly value: unknown } | { readonly broken: string };

export const JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';

const strict = new TextDecoder('utf-8', { fatal: true });

/** Bytes that are no UTF-8 are refused: replacing them would change ids without a word. */
const decode = (body: Buffer): string => {
  try {
    return strict.decode(body);
  } catch {
    throw new Refusal('malformed-body', 'The body is not valid UTF-8. Encode it as UTF-8.');
  }
};

const whyBroken = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A JSON object is a batch of one, an array is a batch. A body that is no JSON is refused whole: nothing in it can be told apart. */
export const readJson = (body: Buffer): readonly Item[] => {
  let value: unknown;
  try {
    value = JSON.parse(decode(body));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('malformed-body', `The body is not JSON: ${whyBroken(error)}. Send one event, or an array of events.`);
  }
  return Array.isArray(value) ? value.map((each: unknown) => ({ value: each })) : [{ value }];
};

/** One event a line. Lines stand for themselves, so a broken one is rejected alone. */
export const readNdjson = (body: Buffer): readonly Item[] =>
  decode(body)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return { value: JSON.parse(line) as unknown };
      } catch (error) {
        return { broken: whyBroken(error) };
      }
    });
