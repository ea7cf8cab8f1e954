import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RULES, TRAFFIC_DEFAULTS } from '@millrace/ads';
import { Complaint } from '@millrace/service';
import type { Options } from './options';
import { readCommandLine } from './options';

const read = (text: string): Options => {
  const asked = readCommandLine(text.split(' ').filter((part) => part !== ''));
  if ('help' in asked) throw new Error('that is help');
  return asked;
};

test('nothing said: the generated traffic, by the rules of semantics.md, data for this run only', () => {
  expect(read('')).toEqual({
    replay: [],
    source: 'events',
    data: null,
    fresh: false,
    proceed: [],
    host: '127.0.0.1',
    port: 8080,
    partitions: 2,
    traffic: { seed: TRAFFIC_DEFAULTS.seed, days: 14, lines_per_day: TRAFFIC_DEFAULTS.lines_per_day },
    exit: false,
    json: false,
    emission_interval_ms: 10_000,
    snapshot_interval_ms: 10_000,
    rules: DEFAULT_RULES,
  });
});

test('own logs: several files, standard input, their source and its rules', () => {
  expect(
    read('--replay a.log - b.log.gz --source ipinyou --lateness 400d --repeat-within 0s --zone Europe/Berlin'),
  ).toMatchObject({
    replay: ['a.log', '-', 'b.log.gz'],
    source: 'ipinyou',
    rules: { ...DEFAULT_RULES, lateness_ms: 400 * 86_400_000, repeat_within_ms: 0, zone: 'Europe/Berlin' },
  });
});

describe('--rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-rules-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test('lays a file over the defaults; what the command line says itself wins', () => {
    const path = file('rules.json', '{"window": "7d", "zone": "Europe/Berlin", "lateness": "1h", "repeat_within": "5s"}');
    expect(read(`--rules ${path} --lateness 2h`).rules).toEqual({
      ...DEFAULT_RULES,
      window_ms: 7 * 86_400_000,
      zone: 'Europe/Berlin',
      lateness_ms: 7_200_000,
      repeat_within_ms: 5_000,
    });
    // Also where it says what is the default.
    expect(read(`--rules ${path} --lateness 3h --zone Asia/Shanghai --repeat-within 2s`).rules).toEqual({
      ...DEFAULT_RULES,
      window_ms: 7 * 86_400_000,
    });
  });

  test.each([
    ['that is missing', join(folder, 'none.json'), 'cannot be read: it does not exist.'],
    ['that is no JSON', file('text.json', 'window: 7d'), 'cannot be read: '],
    [
      'that is not valid, with every problem',
      file('bad.json', '{"window": "0d", "zone": "Mars"}'),
      /zone: unknown time zone[^]*window: expected/,
    ],
  ])('complains about a file %s', (_, path, complaint) => {
    const refused = (): unknown => read(`--rules ${path}`);
    expect(refused).toThrow(Complaint);
    expect(refused).toThrow(complaint);
  });
});

test('the rest', () => {
  expect(
    read(
      '--data d --fresh --port 0 --host ::1 --partitions 8 --seed 7 --days 3 --lines-per-day 50 --emit-every 1s --snapshot-every 2s --exit --json',
    ),
  ).toMatchObject({
    data: 'd',
    fresh: true,
    port: 0,
    host: '::1',
    partitions: 8,
    traffic: { seed: 7, days: 3, lines_per_day: 50 },
    emission_interval_ms: 1_000,
    snapshot_interval_ms: 2_000,
    exit: true,
    json: true,
  });
});

test('--help lists every option and the exit codes', () => {
  const asked = readCommandLine(['--help']);
  const help = 'help' in asked ? asked.help : '';
  for (const option of [
    'replay',
    'source',
    'data',
    'fresh',
    'lateness',
    'repeat-within',
    'rules',
    'zone',
    'port',
    'exit',
    'json',
  ]) {
    expect(help).toContain(`--${option}`);
  }
  expect(help).toContain('default: 3h');
  expect(help).toContain('Exit codes: 0 done');
});

test.each([
  ['--port 70000', 'It must be a whole number from 0 to 65535.'],
  ['--port http', 'It must be a whole number from 0 to 65535.'],
  ['--partitions 0', 'It must be a whole number from 1 to 64.'],
  ['--lateness 3', 'A duration is a number with ms, s, m, h, d or w, such as 3h or 400d.'],
  ['--zone Mars/Olympus', 'unknown time zone "Mars/Olympus"'],
  ['--data', "Option '--data <dir>' argument missing."],
  ['--replai x', "Unknown option '--replai' (Did you mean --replay?)"],
  ['x.log', 'Too many arguments.'],
  ['--fresh', 'say which one with --data DIR.'],
  ['--json', 'add --exit.'],
])('%s is refused in one line that says what to change', (args, complaint) => {
  const refused = (): unknown => read(args);
  expect(refused).toThrow(Complaint);
  expect(refused).toThrow(complaint);
  expect(refused).not.toThrow('\n');
});
