import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import { hashOfKey, makeKey } from './api-key';
import { bindingProblem, isLoopback } from './binding';
import { KEYS_SCHEMA, parseKeys } from './keys-file';

const { key, hash } = makeKey();
const reader = { name: 'shop', hash, rights: ['read'], merchants: ['1304'] };

test('a key is long, known by its beginning, and its hash is what the file holds', () => {
  expect(key).toMatch(/^mr_[\w-]{43}$/);
  expect(hash).toBe(hashOfKey(key));
  expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(hash).not.toContain(key.slice(3));
  expect(makeKey().key).not.toBe(key);
});

test('a file of keys is read', () => {
  const { keys, problems } = parseKeys({
    keys: [reader, { name: 'ops', hash: makeKey().hash, rights: ['operate'], merchants: 'all', requests_per_minute: 5 }],
  });
  expect(problems).toEqual([]);
  expect(keys?.get(hash)).toEqual({
    name: 'shop',
    rights: new Set(['read']),
    merchants: new Set(['1304']),
    requests_per_minute: null,
  });
});

test.each<[string, unknown, readonly RegExp[]]>([
  ['no object', 7, [/^document: expected object/]],
  ['no keys', { keys: [] }, [/^keys: expected at least 1/]],
  ['an unknown field', { keys: [{ ...reader, key }] }, [/^keys\[0\]\.key: unknown/]],
  ['rights that do not exist', { keys: [{ ...reader, rights: ['admin'] }] }, [/^keys\[0\]\.rights\[0\]: expected one of/]],
  ['no merchants', { keys: [{ ...reader, merchants: [] }] }, [/^keys\[0\]\.merchants/]],
  [
    'several problems at once',
    {
      keys: [
        { ...reader, name: '' },
        { ...reader, merchants: 'some' },
      ],
    },
    [/^keys\[0\]\.name/, /^keys\[1\]\.merchants/],
  ],
  [
    'the same key twice',
    { keys: [reader, reader] },
    [/^keys\[1\]\.name: "shop" is given twice/, /^keys\[1\]\.hash: is given twice/],
  ],
  [
    'an operator of one merchant',
    { keys: [{ ...reader, rights: ['operate'] }] },
    [/^keys\[0\]\.rights: operate is for keys of all/],
  ],
])('%s is a problem with its path', (_, file, expected) => {
  const { keys, problems } = parseKeys(file);
  expect(keys).toBeNull();
  expect(problems).toHaveLength(expected.length);
  expected.forEach((pattern, index) => expect(problems[index]).toMatch(pattern));
});

test('a key where its hash should be is not repeated', () => {
  const { problems } = parseKeys({ keys: [{ ...reader, hash: key }] });
  expect(problems).toEqual(['keys[0].hash: expected sha256: and 64 hexadecimal digits, the hash of a key']);
});

test('the schema says the same as the reader', () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  const validate = ajv.compile(KEYS_SCHEMA);
  for (const file of [{ keys: [reader] }, { keys: [] }, { keys: [{ ...reader, key }] }, { keys: [{ ...reader, hash: key }] }])
    expect(validate(file)).toBe(parseKeys(file).problems.length === 0);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.7', false],
  ['::ffff:10.0.0.7', false],
  ['127.0.0.1.example', false],
  ['', false],
])('%s is reachable from this machine alone: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
  expect(bindingProblem(host, null) === null).toBe(loopback);
  expect(bindingProblem(host, new Map())).toBeNull();
});
