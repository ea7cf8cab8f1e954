import { TRAFFIC_DEFAULTS } from '@millrace/ads';
import { flag, integer, text } from '@millrace/boot';
import { CLICKHOUSE_OPTIONS, duration, KAFKA_OPTIONS, REDIS_OPTIONS, RULES_OPTIONS } from '@millrace/service';

const MAX_DAYS = 3_650;
const MAX_LINES_PER_DAY = 10_000_000;

export const UP_OPTIONS = {
  port: integer({ description: 'where the API listens on loopback; 0: any free port', from: 0, to: 65_535, default: 8080 }),
  partitions: integer({ description: 'partitions of every topic, when they are made', from: 1, to: 64, default: 2 }),
  seed: integer({
    description: 'seed of the generated traffic',
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    default: TRAFFIC_DEFAULTS.seed,
  }),
  days: integer({ description: 'days of the generated traffic', from: 1, to: MAX_DAYS, default: TRAFFIC_DEFAULTS.days }),
  linesPerDay: integer({
    description: 'lines of a day of the generated traffic, about',
    from: 1,
    to: MAX_LINES_PER_DAY,
    default: TRAFFIC_DEFAULTS.lines_per_day,
  }),
  exit: flag({ description: 'whether to end after the check', default: false }),
  json: flag({
    description: 'whether the days, totals and check are printed as one JSON document; everything else is on standard error',
    default: false,
  }),
  directory: text({
    description: 'where state and logs of the services are kept',
    expected: 'the path of a folder',
    default: '.stack/up',
  }),
  'emission.interval': duration({
    description: 'how often changed numbers are written to the stores',
    default: '1s',
    least_ms: 100,
  }),
  ...KAFKA_OPTIONS,
  ...CLICKHOUSE_OPTIONS,
  ...REDIS_OPTIONS,
  ...RULES_OPTIONS,
};
