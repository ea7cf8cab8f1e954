import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { OlapStore } from '@millrace/stream';
import { HttpTransport } from './http-transport';
import { NativeEncoder } from './native';
import type { ClickHouseOptions } from './options';
import { ClickHouseStore } from './store';

/** A ClickHouse server, or any node of a cluster whose tables are replicated. Connects with the first use. */
export const openClickHouseStore = ({
  url,
  database = 'default',
  username = 'default',
  password = '',
  timeout_ms = 30_000,
  compress = false,
  ...retrying
}: ClickHouseOptions): OlapStore => {
  const client = createClient({
    url,
    database,
    username,
    password,
    request_timeout: timeout_ms,
    compression: { request: compress },
    application: 'millrace',
    // Whoever asked hears of a failure, and says so once.
    log: { level: ClickHouseLogLevel.OFF },
  });
  return new ClickHouseStore(client, new HttpTransport(client, retrying), new NativeEncoder());
};
