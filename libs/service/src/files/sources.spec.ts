import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Complaint } from './complaint';
import { loadSource } from './sources';

const directory = mkdtempSync(join(tmpdir(), 'millrace-sources-'));
afterAll(() => rmSync(directory, { recursive: true }));

const written = (text: string): string => {
  const path = join(directory, 'mine.json');
  writeFileSync(path, text);
  return path;
};
const complaintOf = (name: string): string => {
  try {
    loadSource(name);
  } catch (error) {
    if (error instanceof Complaint) return error.message;
  }
  throw new Error('there was no complaint');
};

test.each(['events', 'http', 'ipinyou'])('%s is found by its name', (name) => expect(loadSource(name).name).toBe(name));

test('one’s own is found by its path', () => {
  const path = written('{"name": "mine", "format": {"type": "json"}, "mappings": [{"identity": true}]}');
  expect(loadSource(path)).toMatchObject({ name: 'mine', format: { type: 'json' } });
});

test('an unknown name is answered with those that are known', () => {
  expect(complaintOf('tmall')).toBe(
    'There is no source "tmall". Known: events, http, ipinyou; or give the path of a declaration that ends in .json.',
  );
});

test('a file that is absent, or no JSON', () => {
  expect(complaintOf(join(directory, 'absent.json'))).toMatch(/absent\.json cannot be read: it does not exist\.$/);
  expect(complaintOf(written('{"name": '))).toMatch(/^The source declaration .*mine\.json cannot be read: .*JSON/);
});

test('a declaration with faults: all of them, with their paths', () => {
  const complaint = complaintOf(written('{"name": "mine", "format": {"type": "xml"}, "mappings": []}'));
  expect(complaint).toMatch(/^The source declaration .*mine\.json is not valid:/);
  expect(complaint).toMatch(/format/);
  expect(complaint).toMatch(/mappings/);
});
