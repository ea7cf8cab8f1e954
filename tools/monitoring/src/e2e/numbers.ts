/** Rows of an answer by a key, and their columns, of which those that are 0 or empty are left out. */
export type Numbers = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** What the API answers, by the start of the window (ms) and the merchant, if one is asked for. */
export const numbersOfApi = async (api: string, query: Readonly<Record<string, string>>): Promise<Numbers> => {
  const response = await fetch(`${api}/v1/metrics?${new URLSearchParams({ ...query, format: 'csv' }).toString()}`);
  const body = await response.text();
  if (!response.ok) throw new Error(body);
  const [head = '', ...lines] = body.trimEnd().split(/\r?\n/);
  const columns = head.split(',');
  return new Map(
    lines.map((line) => {
      const row = Object.fromEntries(line.split(',').map((value, at) => [columns[at] ?? '', value]));
      // Days say their name besides.
      const { window_start = '', day: _, merchant_id = '', ...values } = row;
      return [[Date.parse(window_start), ...(merchant_id === '' ? [] : [merchant_id])].join(), present(values)];
    }),
  );
};

/** A row of what a panel shows. */
export type PanelRow = Readonly<Record<string, string | number | null>>;

/** What ClickHouse answers to a panel's statement over a range, as Grafana's data source would send it. */
export const rowsOfPanel = async (
  clickhouse: string,
  sql: string,
  range: { readonly from_ms: number; readonly to_ms: number },
  merchant = '',
): Promise<PanelRow[]> => {
  const statement = sql
    .replaceAll('$__fromTime_ms', `fromUnixTimestamp64Milli(${range.from_ms})`)
    .replaceAll('$__toTime_ms', `fromUnixTimestamp64Milli(${range.to_ms})`)
    .replaceAll('${merchant:singlequote}', `'${merchant.replaceAll("'", "\\'")}'`);
  const settings = { output_format_json_quote_64bit_integers: '0', date_time_output_format: 'iso', session_timezone: 'UTC' };
  const response = await fetch(`${clickhouse}/?${new URLSearchParams({ ...settings, default_format: 'JSON' }).toString()}`, {
    method: 'POST',
    body: statement,
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${body}\n${statement}`);
  return (JSON.parse(body) as { data: PanelRow[] }).data;
};

/** By `time`, as a graph would show them. `prefix` is put before the names of the columns. */
export const numbersOfSeries = (rows: readonly PanelRow[], prefix = ''): Numbers =>
  new Map(rows.map(({ time, ...values }) => [String(Date.parse(String(time))), present(values, prefix)]));

/** Ratios are divided in two places, and equal to twelve digits. */
const DIGITS = 12;

const present = (values: PanelRow, prefix = ''): Record<string, number> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const number = value === '' || value === null ? 0 : Number(Number(value).toPrecision(DIGITS));
      return number === 0 ? [] : [[`${prefix}${name}`, number]];
    }),
  );
