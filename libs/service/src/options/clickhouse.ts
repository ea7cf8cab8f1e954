import type { ClickHouseOptions } from '@millrace/adapters/clickhouse';
import { flag, secret, type Settings, text } from '@millrace/boot';
import { duration } from './duration';
import { httpUrl } from './http-url';

export const CLICKHOUSE_OPTIONS = {
  'clickhouse.url': httpUrl({
    description: 'HTTP interface of ClickHouse',
    example: 'http://clickhouse:8123',
    default: 'http://127.0.0.1:28123',
  }),
  'clickhouse.database': text({ description: 'database of the tables', default: 'default' }),
  'clickhouse.username': text({ description: 'name to log in with', default: 'default' }),
  'clickhouse.password': secret({ description: 'password to log in with' }),
  'clickhouse.timeout': duration({
    description: 'an answer that does not come within this is a failed attempt',
    default: '30s',
    least_ms: 1,
  }),
  'clickhouse.compress': flag({ description: 'whether inserts are compressed, for slow networks', default: false }),
  'clickhouse.patience': duration({
    description: 'how long a failing insert is tried again before the process ends',
    default: '10m',
  }),
};

export const clickHouseOptionsOf = (settings: Settings<typeof CLICKHOUSE_OPTIONS>): ClickHouseOptions => ({
  url: settings['clickhouse.url'],
  database: settings['clickhouse.database'],
  username: settings['clickhouse.username'],
  ...(settings['clickhouse.password'] !== null && { password: settings['clickhouse.password'] }),
  timeout_ms: settings['clickhouse.timeout'],
  compress: settings['clickhouse.compress'],
  bound: { limit_ms: settings['clickhouse.patience'] },
});
