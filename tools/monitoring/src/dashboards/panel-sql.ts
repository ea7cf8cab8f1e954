import type { Statement } from '@millrace/ads';

/** The data source or Grafana puts a value there before the statement is sent. */
export class GrafanaVariable {
  constructor(readonly text: string) {}
}

/** The range that the panel shows, ms: macros of the data source, since Grafana's `${__from}` knows only the dashboard's range. */
export const FROM = new GrafanaVariable('toUnixTimestamp64Milli($__fromTime_ms)');
export const TO = new GrafanaVariable('toUnixTimestamp64Milli($__toTime_ms)');

/**
 * A statement as a panel holds it: Grafana's data source knows no parameters, so that their values stand in the text, written
 * by their types. Throws a RangeError for a type that no panel has needed yet.
 */
export const panelSql = ({ sql, params }: Statement): string =>
  sql.replace(/\{(\w+):(\w+(?:\(\w+\))?)\}/g, (_, name: string, type: string) => literal(params[name], type));

const literal = (value: unknown, type: string): string => {
  if (value instanceof GrafanaVariable) return value.text;
  const element = /^Array\((\w+)\)$/.exec(type)?.[1];
  if (element !== undefined && Array.isArray(value)) return `[${value.map((each) => literal(each, element)).join(', ')}]`;
  if (type === 'String' && typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (/^U?Int\d+$/.test(type) && Number.isSafeInteger(value)) return String(value);
  throw new RangeError(`no panel can say ${JSON.stringify(value)} as ${type}`);
};
