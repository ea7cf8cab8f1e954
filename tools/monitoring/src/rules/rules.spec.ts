import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFile, dashboardNames } from '../dashboards/read';
import { RUNBOOKS } from '../places';
import { labelsBySeries } from '../promql/exported';
import { runbookUrl } from '../runbooks';
import { promtool } from './promtool';
import { allRules, isAlert, isRecording, ruleCases, ruleFiles, ruleTestFiles } from './rule-files';

// Installing promtool may be part of it.
jest.setTimeout(300_000);

const alerts = allRules().filter(isAlert);
const names = alerts.map(({ alert }) => alert);

test('promtool accepts all rules', async () => {
  expect(await promtool('check', 'rules', ...ruleFiles())).toEqual({ good: true, said: expect.any(String) });
});

test('promtool finds every case as it is written', async () => {
  const { good, said } = await promtool('test', 'rules', ...ruleTestFiles());
  expect([good, good ? '' : said]).toEqual([true, '']);
});

test('each alert has a name of its own', () => {
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(15);
});

describe.each(alerts)('$alert', ({ alert, labels, annotations }) => {
  it('has a severity, a summary, a description and a runbook', () => {
    expect(['critical', 'warning']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toMatch(/\w/);
    expect(annotations?.['description']).toMatch(/\w.*\.$/s);
    expect(annotations?.['runbook_url']).toBe(runbookUrl(alert));
  });

  it('has a runbook that says what it means, what is seen, what to do and when it is false', () => {
    const page = readFileSync(join(RUNBOOKS, `${alert}.md`), 'utf8');
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([alert, 'What it means', 'What is seen', 'What to do', 'When it is false']);
    expect(page).toMatch(/^1\. /m);
  });

  const cases = ruleCases().filter(({ name }) => name?.startsWith(`${alert}: `));
  /** For each moment of the case, how many alerts are expected. */
  const expected = (kind: string): number[] =>
    cases
      .filter(({ name }) => name === `${alert}: ${kind}`)
      .flatMap(({ alert_rule_test = [] }) =>
        alert_rule_test.map(({ alertname, exp_alerts }) => {
          expect(alertname).toBe(alert);
          return exp_alerts?.length ?? 0;
        }),
      );

  it('has a quiet case, a firing one, and one on the boundary that is both', () => {
    expect(cases.map(({ name }) => name).sort()).toEqual(['boundary', 'firing', 'quiet'].map((kind) => `${alert}: ${kind}`));
    expect(expected('quiet').length).toBeGreaterThan(0);
    expect(Math.max(...expected('quiet'))).toBe(0);
    expect(Math.min(...expected('firing'))).toBeGreaterThan(0);
    // It tells apart what is just within from what is just beyond, in time or among its series.
    expect(new Set(expected('boundary')).size).toBeGreaterThan(1);
  });
});

test('there is no runbook without an alert, and the list names them all', () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name !== 'README.md');
  expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
  const list = readFileSync(join(RUNBOOKS, 'README.md'), 'utf8');
  const listed = [...list.matchAll(/^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|/gm)].map(([, name, severity]) => [name, severity]);
  expect(listed.sort()).toEqual(alerts.map(({ alert, labels }) => [alert, labels?.['severity']]).sort());
});

test('runbooks speak of metrics that there are', () => {
  const series = [...labelsBySeries(allRules().filter(isRecording)).keys()];
  for (const name of readdirSync(RUNBOOKS)) {
    const page = readFileSync(join(RUNBOOKS, name), 'utf8');
    // As `grep` takes them: the beginning of a name is enough.
    const unknown = (page.match(/\bmillrace_[a-z_]*[a-z]/g) ?? []).filter(
      (word) => !series.some((known) => known.startsWith(word)),
    );
    expect([name, unknown]).toEqual([name, []]);
  }
});

test('runbooks speak of dashboards and panels that there are', () => {
  const boards = new Map(dashboardNames().map((name) => [dashboardFile(name).title, dashboardFile(name).panels]));
  for (const name of readdirSync(RUNBOOKS)) {
    const page = readFileSync(join(RUNBOOKS, name), 'utf8');
    for (const [, panel, board = ''] of page.matchAll(/(?:_([^_\n]+)_ on )?_(Millrace \/ [^_]+)_/g)) {
      const titles = boards.get(board)?.map(({ title }) => title);
      expect([name, board, titles]).toEqual([name, board, expect.any(Array)]);
      if (panel !== undefined) expect([name, titles]).toEqual([name, expect.arrayContaining([panel])]);
    }
  }
});

test('the links of the runbooks lead somewhere', () => {
  for (const name of readdirSync(RUNBOOKS)) {
    const page = readFileSync(join(RUNBOOKS, name), 'utf8');
    for (const [, target = ''] of page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!target.startsWith('http')) expect([name, target, existsSync(join(RUNBOOKS, target))]).toEqual([name, target, true]);
    }
  }
});
