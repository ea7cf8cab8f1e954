import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admin } from './admin';

const run = async (...args: string[]) => {
  const said = { stdout: '', stderr: '' };
  const code = await admin(
    { args, environment: {} },
    { stdout: { write: (text) => (said.stdout += text) }, stderr: { write: (text) => (said.stderr += text) } },
  );
  return { code, ...said };
};

test('help names every command', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  for (const words of ['topics check', 'topics create', 'migrate', 'proceed', 'replay-rejected', 'keys make', 'check'])
    expect(stdout).toMatch(new RegExp(`^  ${words} +[A-Z]`, 'm'));
});

test('an unknown command, or none', async () => {
  expect(await run('topics', 'drop')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'There is no command "topics drop". npm run admin -- --help lists them.\n',
  });
  expect((await run()).code).toBe(2);
});

test('faults of a command, all at once', async () => {
  const { code, stderr } = await run('proceed', '--at', 'ods.action/3', '--kafka-tls', 'maybe');
  expect(code).toBe(2);
  expect(stderr.split('\n')).toEqual([
    'kafka.tls (--kafka-tls): expected true or false, not "maybe"',
    'at (--at): expected LAYER:TOPIC/PARTITION@OFFSET such as dwd:ods.action/3@1200, not "ods.action/3"',
    '',
  ]);
});

test('ods_* are kept long enough for the batch layer', async () => {
  const { code, stderr } = await run('migrate', '--clickhouse-retention', '10d');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^clickhouse\.retention: .*at least \d+d/);
});

test('a key is shown with its entry, of which the key is no part', async () => {
  const { code, stdout } = await run(
    'keys',
    'make',
    '--key-name',
    'shop',
    '--key-rights',
    'read,write',
    '--key-merchants',
    'm1,m2',
  );
  expect(code).toBe(0);
  const { key, entry } = JSON.parse(stdout) as { key: string; entry: object };
  expect(entry).toEqual({
    name: 'shop',
    hash: expect.stringMatching(/^sha256:/),
    rights: ['read', 'write'],
    merchants: ['m1', 'm2'],
  });
  expect(JSON.stringify(entry)).not.toContain(key);
  expect((await run('keys', 'make', '--key-name', 'x', '--key-rights', 'everything', '--key-merchants', 'all')).code).toBe(2);
});

describe('the commands that docs/operate shows are commands', () => {
  const folder = join(__dirname, '../../../docs/operate');
  const shown = readdirSync(folder)
    .flatMap((page) => [...readFileSync(join(folder, page), 'utf8').matchAll(/npm run admin -- ([^`\n]+)`/g)])
    .map(([, command = '']) => command.replace('LAYER:TOPIC/PARTITION@OFFSET', 'dwd:ods.action/3@1200'));
  test.each(shown)('%s', async (words) => {
    expect(await run(...words.split(' '), '--validate')).toMatchObject({ code: 0, stderr: '' });
  });
});
