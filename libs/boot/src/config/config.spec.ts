import Ajv2020 from 'ajv/dist/2020';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choice, flag, integer, list, optional, readConfig, secret, text, type Config } from '.';

const TABLE = {
  'kafka.brokers': list({ description: 'where Kafka listens', default: ['127.0.0.1:9092'] }),
  'kafka.tls': flag({ description: 'whether to speak TLS', default: false }),
  'kafka.password': secret({ description: 'the password for SASL' }),
  'log.level': choice({ description: 'what is logged', of: ['info', 'debug'], default: 'info' }),
  'drain.limit': text({
    description: 'how long stopping may take',
    default: '25s',
    expected: 'seconds such as 25s',
    read: (written) => {
      if (!/^\d+s$/.test(written)) throw new Error(`"${written}" is no number of seconds\nand this is a second problem`);
      return Number.parseInt(written, 10) * 1_000;
    },
  }),
  replicas: integer({ description: 'how many instances there are', from: 1, to: 64 }),
  ordinal: optional(integer({ description: 'which of them this is', from: 0, to: 63 })),
};
const PROGRAM = { name: 'millrace-test', description: 'A program.' };

const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const read = (args: readonly string[], environment: Record<string, string> = {}): Config<typeof TABLE> =>
  readConfig(PROGRAM, TABLE, { args, environment }, [
    (settings) => ((settings.ordinal ?? 0) < settings.replicas ? [] : ['ordinal: must be less than replicas']),
  ]);
const settingsOf = (config: Config<typeof TABLE>) => {
  if (config.kind !== 'run') throw new Error(JSON.stringify(config));
  return config.settings;
};
const problemsOf = (config: Config<typeof TABLE>): readonly string[] => (config.kind === 'problems' ? config.problems : []);
const printed = (config: Config<typeof TABLE>): string => (config.kind === 'print' ? config.text : JSON.stringify(config));

test('flags win over the environment, that over the file, that over the default', () => {
  const config = file(
    'c.json',
    JSON.stringify({ kafka: { brokers: ['file:1'], tls: true }, replicas: 2, log: { level: 'debug' } }),
  );
  expect(
    settingsOf(read(['--config', config, '--replicas', '4'], { MILLRACE_REPLICAS: '3', MILLRACE_KAFKA_BROKERS: 'a:1, b:2' })),
  ).toEqual({
    'kafka.brokers': ['a:1', 'b:2'],
    'kafka.tls': true,
    'kafka.password': null,
    'log.level': 'debug',
    'drain.limit': 25_000,
    replicas: 4,
    ordinal: null,
  });
});

test('a program that starts others hands on what its flags and its file say; they read the same', () => {
  const path = file('given.json', JSON.stringify({ kafka: { brokers: ['a:1', 'b:2'], password: 'p' }, drain: { limit: '5s' } }));
  const environment = {
    MILLRACE_CONFIG: path,
    MILLRACE_LOG_LEVEL: 'debug',
    MILLRACE_REPLICAS_FILE: file('replicas', '3\n'),
  };
  const config = read(['--replicas', '2', '--kafka-tls'], environment);
  const given = config.kind === 'run' ? config.environment : {};
  expect(given).not.toHaveProperty('MILLRACE_LOG_LEVEL');
  expect(settingsOf(read([], { ...environment, ...given }))).toEqual(settingsOf(config));
});

test('a flag for yes or no needs no value', () => {
  expect(settingsOf(read(['--kafka-tls', '--replicas', '1']))['kafka.tls']).toBe(true);
  expect(settingsOf(read(['--replicas', '1', '--kafka-tls', 'false']))['kafka.tls']).toBe(false);
});

test('all problems at once, each with its path, where it is written and what is expected', () => {
  const config = file('bad.json', JSON.stringify({ kafka: { tls: 'maybe', broker: [] }, more: 1 }));
  const problems = problemsOf(
    read(['--config', config, '--log-level', 'loud', '--bogus'], {
      MILLRACE_DRAIN_LIMIT: 'soon',
      MILLRACE_ORDINAL: '-1',
      MILLRACE_KAFKA_BROKER: 'x',
    }),
  );
  expect(problems).toEqual([
    "command line: unknown option '--bogus'",
    'MILLRACE_KAFKA_BROKER: no such option; MILLRACE_KAFKA_BROKERS is meant?',
    `kafka.broker: ${config} has it, but there is no such option; --help lists them`,
    `more: ${config} has it, but there is no such option; --help lists them`,
    'replicas: missing; set MILLRACE_REPLICAS or --replicas to a whole number from 1 to 64',
    `kafka.tls (${config}): expected true or false, not "maybe"`,
    'log.level (--log-level): expected one of info, debug, not "loud"',
    'ordinal (MILLRACE_ORDINAL): expected a whole number from 0 to 63, not -1',
    'drain.limit (MILLRACE_DRAIN_LIMIT): "soon" is no number of seconds',
    'drain.limit (MILLRACE_DRAIN_LIMIT): and this is a second problem',
  ]);
});

test('what two options owe each other is told along with all else, unless one of them is wrong by itself', () => {
  const disagreement = 'ordinal: must be less than replicas';
  expect(problemsOf(read(['--replicas', '2', '--ordinal', '2']))).toEqual([disagreement]);
  expect(problemsOf(read(['--replicas', '2', '--ordinal', '2', '--log-level', 'loud']))).toEqual([
    expect.stringMatching(/^log.level/),
    disagreement,
  ]);
  expect(problemsOf(read(['--replicas', '0', '--ordinal', '2']))).toEqual([expect.stringMatching(/^replicas/)]);
  expect(problemsOf(read(['--ordinal', '2']))).toEqual([expect.stringMatching(/^replicas: missing/)]);
});

describe('secrets', () => {
  const FILE = 'hunter2';
  test('come from the environment or from a file, without its last line end', () => {
    const path = file('password', `${FILE}\n`);
    expect(settingsOf(read(['--replicas', '1'], { MILLRACE_KAFKA_PASSWORD_FILE: path }))['kafka.password']).toBe(FILE);
    expect(settingsOf(read(['--replicas', '1'], { MILLRACE_KAFKA_PASSWORD: FILE }))['kafka.password']).toBe(FILE);
  });

  test('both, or a file that is not there, is a problem', () => {
    const both = { MILLRACE_KAFKA_PASSWORD: FILE, MILLRACE_KAFKA_PASSWORD_FILE: join(folder, 'absent') };
    expect(problemsOf(read(['--replicas', '1'], both))).toEqual([
      'kafka.password: both MILLRACE_KAFKA_PASSWORD and MILLRACE_KAFKA_PASSWORD_FILE are set; unset one of them',
    ]);
    expect(problemsOf(read(['--replicas', '1'], { MILLRACE_KAFKA_PASSWORD_FILE: join(folder, 'absent') }))[0]).toMatch(
      /^kafka\.password \(MILLRACE_KAFKA_PASSWORD_FILE\): .*absent cannot be read \(ENOENT\)$/,
    );
  });

  test('are never printed: not when valid, not in a problem, not in a dump, and have no flag', () => {
    const said = { MILLRACE_KAFKA_PASSWORD: FILE, MILLRACE_REPLICAS: '1' };
    const json = file('secret.json', `{"kafka": {"password": {"is": "${FILE}"}}, "replicas": 1}`);
    const broken = file('broken.json', `{"kafka": {"password": "${FILE}" "}}`);
    for (const config of [
      read(['--validate'], said),
      read(['--help'], said),
      read(['--config', json]),
      read(['--config', broken]),
    ])
      expect(JSON.stringify(config)).not.toContain(FILE);
    const config = read([], said);
    expect(config.kind === 'run' && JSON.stringify(config.dump)).not.toContain(FILE);
    expect(problemsOf(read(['--kafka-password', FILE]))[0]).toBe("command line: unknown option '--kafka-password'");
  });
});

test('--validate prints what is in force and where it comes from', () => {
  expect(printed(read(['--validate', '--replicas', '1'], { MILLRACE_KAFKA_PASSWORD: 'x', MILLRACE_KAFKA_TLS: 'true' }))).toBe(
    [
      'kafka.brokers = ["127.0.0.1:9092"]  (default)',
      'kafka.tls = true  (MILLRACE_KAFKA_TLS)',
      'kafka.password = (secret)  (MILLRACE_KAFKA_PASSWORD)',
      'log.level = "info"  (default)',
      'drain.limit = "25s"  (default)',
      'replicas = 1  (--replicas)',
      'The configuration is valid.\n',
    ].join('\n'),
  );
});

test('--help names every option, its environment name and its default', () => {
  const help = printed(read(['--help'])).replace(/\s+/g, ' ');
  for (const said of [
    '--kafka-brokers <value>',
    '[MILLRACE_KAFKA_BROKERS]',
    'default: 127.0.0.1:9092',
    '--replicas',
    'required',
    'MILLRACE_KAFKA_PASSWORD_FILE',
  ])
    expect(help).toContain(said);
});

test('--schema is a JSON schema that takes what the program takes', () => {
  const schema = JSON.parse(printed(read(['--schema']))) as object;
  const validate = new Ajv2020({ strict: true }).compile(schema);
  expect(validate({ kafka: { brokers: ['a:1'], tls: true, password: 'p' }, replicas: 3 })).toBe(true);
  for (const wrong of [{ kafka: { brokers: 'a:1' } }, { replicas: 0 }, { kafka: { no: 1 } }, { log: { level: 'loud' } }])
    expect(validate(wrong)).toBe(false);
});
