import { ContinuityError, LogGapError, OwnershipLostError, TaskError } from '@millrace/stream';
import { Writable } from 'node:stream';
import { createLogger, positionOf } from '..';

const logging = (options: Parameters<typeof createLogger>[0] = {}) => {
  const lines: string[] = [];
  const logger = createLogger({ destination: { write: (line) => void lines.push(line) }, ...options });
  return { logger, lines, text: () => lines.join('') };
};

test('one JSON object a line, of the level that was asked for and above', () => {
  const { logger, lines } = logging({ level: 'warn' });
  logger.info('not wanted');
  logger.warn({ topic: 'ods.action', partition: 3, offset: 7 }, 'a snapshot was passed over');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: 40, time: expect.any(Number), topic: 'ods.action', partition: 3, offset: 7, msg: 'a snapshot was passed over' },
  ]);
  const silent = logging({ level: 'silent' });
  silent.logger.fatal('not wanted');
  expect(silent.lines).toEqual([]);
});

describe('no line holds a secret', () => {
  const API_KEY = 'mr_W7x2lYQ0b1Zk3v9s5Tn8uRfE6aHcJdKgMpLoNqIrUwX';
  const SECRETS = ['sasl-pass"word', 'wJalrXUtnFEMI/K7MDENG', 'p@ss:word/1'];

  test.each([
    ['an address with a password', { url: 'redis://default:hunter22@cache:6379/0' }, 'hunter22'],
    ['one in a message', 'connect to http://millrace:hunter22@clickhouse:8123/?database=x refused', 'hunter22'],
    ['one whose password has a colon and an at sign', 'amqp://u:a:hunter22@b@host/', 'hunter22'],
    ['a key of the API in a header', { headers: { authorization: `Bearer ${API_KEY}`, 'x-api-key': API_KEY } }, API_KEY],
    ['a key of the API in a message', `GET /v1/metrics?key=${API_KEY} was refused`, API_KEY],
    ['the secret of S3 by its value', { err: new Error(`signature of wJalrXUtnFEMI/K7MDENG does not match`) }, 'wJalrXUtnFEMI'],
    ['the secret of S3 by its field', { s3: { credentials: { secretAccessKey: 'another-one' } } }, 'another-one'],
    ['the password of SASL by its value', 'authentication failed for sasl-pass"word', 'sasl-pass'],
    ['the same as JSON inside JSON', { sent: JSON.stringify({ p: 'sasl-pass"word' }) }, 'sasl-pass'],
    ['the password of SASL by its field', { sasl: { username: 'me', password: 'not "told" to anybody' } }, 'anybody'],
    ['a password as it stands in an address', 'http://clickhouse/?password=p%40ss%3Aword%2F1', 'p%40ss'],
  ])('%s', (_, said, secret) => {
    const { logger, lines, text } = logging({ secrets: SECRETS });
    if (typeof said === 'string') logger.error(said);
    else logger.error(said, 'failed');
    expect(text()).not.toContain(secret);
    expect(text()).toContain('[redacted]');
    // It is JSON as before, and says everything else.
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50 });
  });

  test('for people neither', () => {
    const text: string[] = [];
    const destination = new Writable({ write: (chunk, _, done) => done(void text.push(String(chunk))) });
    const { logger } = logging({ readable: true, secrets: SECRETS, destination });
    logger.info({ url: 'redis://default:hunter22@cache' }, 'with sasl-pass"word');
    expect(text.join('')).toContain('with [redacted]');
    expect(text.join('')).not.toContain('hunter22');
  });

  test('and what is none stays as it is', () => {
    const { logger, text } = logging({ secrets: ['', 'a'] });
    const url = 'http://clickhouse:8123/a:b@c';
    logger.info({ url, secret_shown: false, at: 'ods.action/3@7', config: { 'kafka.password': '(secret)' } }, 'a banana');
    expect(JSON.parse(text())).toMatchObject({
      url,
      at: 'ods.action/3@7',
      config: { 'kafka.password': '(secret)' },
      msg: 'a banana',
    });
  });
});

test('an error says where it happened, by the same names whatever it is', () => {
  const input = { topic: 'ods.action', partition: 3 };
  const gap = new LogGapError(input, 7, 9, 12);
  expect(positionOf(gap)).toEqual({ ...input, offset: 7 });
  expect(positionOf(new ContinuityError('dwd', input, 'position', 7, 9, 12))).toEqual({ layer: 'dwd', ...input, offset: 7 });
  expect(positionOf(new TaskError('dwd', input, 8, gap))).toEqual({ layer: 'dwd', ...input, offset: 8 });
  expect(positionOf(new OwnershipLostError('dwd.0', [input]))).toEqual({ group: 'dwd.0', lost: ['ods.action/3'] });
  expect(positionOf(new TypeError('x'))).toEqual({});
});
