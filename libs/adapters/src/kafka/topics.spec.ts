import { DEFAULT_RULES, TOPICS, topicDefinitions } from '@millrace/ads';
import { type Server, startKafka } from '@millrace/testkit/servers';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, reconcileTopics } from '.';
import { administered } from './testing/admin';

jest.setTimeout(240_000);

const LOOK = { create: false, align: false };
const DEFINITIONS = topicDefinitions(DEFAULT_RULES, { partitions: 3, replication: 1 });

let directory: string;
let kafka: Server;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'topics-'));
  kafka = await startKafka({ directory });
});
afterAll(async () => {
  await kafka.stop();
  await rm(directory, { recursive: true, force: true });
});

const reconcile = (act: { create: boolean; align: boolean }, definitions = DEFINITIONS): Promise<readonly Finding[]> =>
  reconcileTopics({ brokers: [kafka.url], client_id: 'topics' }, definitions, act);
const kinds = (found: readonly Finding[]): Set<string> => new Set(found.map(({ kind }) => kind));

it('topics are looked at, made, found to fit, and drift is told, mended or refused', async () => {
  expect(kinds(await reconcile(LOOK))).toEqual(new Set(['absent']));
  // Looking changes nothing.
  expect(kinds(await reconcile(LOOK))).toEqual(new Set(['absent']));
  expect(kinds(await reconcile({ create: true, align: false }))).toEqual(new Set(['made']));
  expect(kinds(await reconcile(LOOK))).toEqual(new Set(['fits']));

  // An operator sets one thing that we define and one that we do not.
  await administered(kafka.url, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: 2,
          name: TOPICS.fact,
          configEntries: [
            { name: 'retention.ms', value: '1000' },
            { name: 'message.timestamp.type', value: 'LogAppendTime' },
            { name: 'segment.ms', value: '600000' },
          ],
        },
      ],
    }),
  );
  const drift = (await reconcile({ create: true, align: false })).filter(({ kind }) => kind !== 'fits');
  expect(drift).toMatchObject([
    {
      kind: 'drift',
      property: 'retention.ms',
      found: '1000',
      wanted: String(7 * 86_400_000),
      says: expect.stringContaining(TOPICS.fact),
    },
  ]);
  expect((await reconcile({ create: true, align: true })).map(({ kind }) => kind)).toContain('aligned');
  expect(kinds(await reconcile(LOOK))).toEqual(new Set(['fits']));
  const described = await administered(kafka.url, (admin) =>
    admin.describeConfigs({ resources: [{ type: 2, name: TOPICS.fact, configNames: ['segment.ms'] }], includeSynonyms: false }),
  );
  expect(described.resources[0]?.configEntries[0]?.configValue).toBe('600000');

  const more = topicDefinitions(DEFAULT_RULES, { partitions: 6, replication: 1 });
  const refused = await reconcile({ create: true, align: true }, more);
  // All but those that have one partition whatever the size.
  const resized = more.filter(({ partitions }) => partitions === 6).map(({ topic }) => topic);
  expect(refused.filter(({ kind }) => kind === 'refused').map(({ definition }) => definition.topic)).toEqual(resized);
  expect(kinds(refused)).toEqual(new Set(['refused', 'fits']));
  expect(refused[0]?.says).toMatch(
    /has 3 partitions, not 6; this is not changed, since .*conversions would not find their clicks/,
  );
  const document = /docs\/\S+\.md/.exec(refused[0]?.says ?? '')?.[0] ?? '';
  expect(existsSync(join(__dirname, '../../../..', document))).toBe(true);
  expect(kinds(await reconcile(LOOK))).toEqual(new Set(['fits']));
});
