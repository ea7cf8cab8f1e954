import { migrate, openClickHouseStore, pendingMigrations } from '@millrace/adapters/clickhouse';
import { checkRetention, formatDuration, shortestRetention_ms } from '@millrace/ads';
import { flag, optional, type Settings, text } from '@millrace/boot';
import { CLICKHOUSE_OPTIONS, clickHouseOptionsOf, duration, RULES_OPTIONS, rulesOf } from '@millrace/service';
import { command } from '../command';

const OPTIONS = {
  ...CLICKHOUSE_OPTIONS,
  ...RULES_OPTIONS,
  'clickhouse.cluster': optional(
    text({
      description: 'cluster on all of whose nodes the tables are made, as replicated ones',
      expected: 'the name of a cluster',
    }),
  ),
  'clickhouse.retention': optional(
    duration({ description: 'how long ods_* are kept, at least W + L + I + 7d; by default as it is' }),
  ),
  'migrate.check': flag({ description: 'only say what is pending', default: false }),
};

const retentionProblems = (settings: Settings<typeof OPTIONS>): string[] => {
  const retention_ms = settings['clickhouse.retention'];
  if (retention_ms === null) return [];
  try {
    checkRetention(retention_ms, rulesOf(settings));
    return [];
  } catch (error) {
    return [
      `clickhouse.retention: ${error instanceof Error ? error.message : formatDuration(shortestRetention_ms(rulesOf(settings)))}`,
    ];
  }
};

export const migrateTables = command({
  name: 'npm run admin -- migrate',
  description:
    'Brings the tables of ClickHouse to what this version writes and asks. Forward only; may be done again at any time.',
  options: OPTIONS,
  agreements: [retentionProblems],
  async run(settings, { say }) {
    const store = openClickHouseStore(clickHouseOptionsOf(settings));
    try {
      const placement = { cluster: settings['clickhouse.cluster'] };
      if (settings['migrate.check']) {
        const pending = await pendingMigrations(store);
        for (const name of pending) say(`pending  ${name}`);
        return pending.length === 0 ? 0 : 1;
      }
      const retention_ms = settings['clickhouse.retention'];
      await migrate(store, {
        placement,
        ...(retention_ms !== null && { retention_ms }),
        onStep: (step) => say(`done     ${step}`),
      });
      say('The tables are as this version needs them.');
      return 0;
    } finally {
      await store.close();
    }
  },
});
