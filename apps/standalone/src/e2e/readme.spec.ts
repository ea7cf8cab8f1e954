import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testDirectory } from '../testing/directory';
import { PROGRAM, start } from '../testing/process';

/**
 * The README, as a newcomer would follow it: its `sh` blocks in their order, and what it shows after each. `sh start` is
 * what keeps running for the others; `sh skip` cannot run inside of itself.
 */

jest.setTimeout(180_000);
const directory = testDirectory();

interface Step {
  readonly title: string;
  readonly mark: string;
  readonly command: string;
  readonly shown: string;
}

const TITLE = 70;

/** A command, and the `text` block that follows it before the next command. */
const stepsOf = (markdown: string): Step[] => {
  const steps: Step[] = [];
  for (const [, language, mark = '', content = ''] of markdown.matchAll(/^```(\w+) ?(\w*)\n([^]*?)^```$/gm)) {
    const last = steps.at(-1);
    if (language === 'sh')
      steps.push({ title: content.split('\n')[0]?.slice(0, TITLE) ?? '', mark, command: content, shown: '' });
    else if (language === 'text' && last !== undefined) steps.splice(-1, 1, { ...last, shown: content });
  }
  return steps;
};

/** What differs from run to run, as the README says: times, addresses, and how much was provisional on the way; and CSV's line ends. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\r$/gm, ''],
  [/in [\d.]+ s$/gm, 'in T s'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00/g, 'TIME'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
  [/^dwd {2}in ([\d ]*\d) {2}out [\d ]*\d {2}duplicates ([\d ]*\d) {2}.*$/gm, 'dwd  in $1  duplicates $2'],
  [/^dws .*$/gm, 'dws'],
];
const comparable = (text: string): string => VARYING.reduce((changed, [what, by]) => changed.replace(what, by), text).trim();

const README = readFileSync(join(__dirname, '../../../../README.md'), 'utf8');
const steps = stepsOf(README);

const warehouse = start('--port', '0');
let address = '';

const shell = (command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const here = command.replaceAll('127.0.0.1:8080', address).replaceAll('npm start --', `'${process.execPath}' '${PROGRAM}'`);
    const bash = spawn('bash', ['-c', `set -e -o pipefail\n${here}`], { cwd: directory.path('.') });
    let said = '';
    let asides = '';
    bash.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    bash.stderr.setEncoding('utf8').on('data', (text: string) => (asides += text));
    bash.on('error', reject);
    // Of the progress the README shows what stands at the end.
    bash.on('close', () => resolve(`${said.startsWith('ods ') ? `${asides.trimEnd().split('\n').at(-1)}\n` : ''}${said}`));
  });

/** Numbers are written every ten seconds: what is not there yet is asked for again. */
const eventually = async (command: string, shown: string): Promise<string> => {
  for (const end_ms = Date.now() + 30_000; ;) {
    const said = await shell(command);
    if (comparable(said) === comparable(shown) || Date.now() > end_ms) return said;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
};

test.each(steps.filter(({ mark }) => mark === 'start'))('it starts, and prints what is shown: $title', async ({ shown }) => {
  address = new URL(await warehouse.serving()).host;
  const progress = warehouse.stderr.trimEnd().split('\n').at(-1);
  expect(comparable(`${progress}\n${warehouse.stdout}`)).toBe(comparable(shown));
});

test.each(steps.filter(({ mark }) => mark === ''))('$title', async ({ command, shown }) => {
  expect(shown).not.toBe('');
  expect(comparable(await eventually(command, shown))).toBe(comparable(shown));
});

test('nothing is left out but what has tests of its own, or is one', () => {
  const skipped = steps.filter(({ mark }) => mark === 'skip').flatMap(({ command }) => command.trim().split('\n'));
  expect(skipped).toEqual([
    'npm run up',
    'npm run image',
    'helm install millrace helm/millrace -f helm/millrace/examples/small.yaml',
    'helm test millrace --logs',
    'npm test',
    'npm run simulate -- --seeds 1000 --from 5000',
    'npm run faults',
    'npm run test:cluster -- --list',
    'npm run bench -- --help',
  ]);
  expect(steps.length).toBeGreaterThan(6);
});

test.each([...new Set([...README.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path = '']) => path))])(
  '%s, which it points to, is there',
  (path) => {
    expect(existsSync(join(__dirname, '../../../..', path))).toBe(true);
  },
);
