import { attempt } from './kube/command';
import type { Outcome } from './run';
import type { Trial } from './trial';

const LIMIT_MS = 20_000;
/** Of what went wrong, in the table; all of it was said when it happened. */
const SHOWN = 500;

/** The report, as Markdown. */
export const report = (surroundings: readonly string[], outcomes: readonly Outcome[]): string => {
  const good = outcomes.filter(({ wrong }) => wrong === null).length;
  return [
    `${good} of ${outcomes.length} steps as they should be.`,
    '',
    ...surroundings.map((line) => `- ${line}`),
    '',
    '| step | took, s | seen | |',
    '|---|---|---|---|',
    ...outcomes.map(({ step, took_ms, saw, wrong }) =>
      row([
        `\`${step.name}\``,
        String(Math.round(took_ms / 1_000)),
        [...saw, ...(wrong === null ? [] : [`**${wrong.slice(0, SHOWN)}**`])].join('<br>'),
        wrong === null ? 'ok' : '**WRONG**',
      ]),
    ),
    '',
  ].join('\n');
};

/** Where the steps were run: said by those who know. */
export const surroundingsOf = async ({ options }: Trial): Promise<readonly string[]> => {
  const said = async (file: string, ...args: readonly string[]): Promise<string> =>
    (await attempt(file, args, { limit_ms: LIMIT_MS })).stdout.trim();
  const commit = await said('git', 'log', '-1', '--format=%h of %ci');
  const dirty = (await said('git', 'status', '--porcelain', '--', 'helm', 'apps', 'libs', 'Dockerfile')) !== '';
  const nodes = (await said('kubectl', 'get', 'nodes', '-o', 'json')) || '{"items":[]}';
  const { items } = JSON.parse(nodes) as { items: readonly { status: { nodeInfo: NodeInfo } }[] };
  const info = items[0]?.status.nodeInfo;
  const cluster =
    info === undefined
      ? 'no cluster was reached'
      : `Kubernetes ${info.kubeletVersion}, ${items.length} node(s), ${info.containerRuntimeVersion}, ${info.osImage}`;
  return [
    `commit ${commit}${dirty ? ', with changes that are not committed' : ''}; image ${options.image}`,
    `${cluster}; helm ${await said('helm', 'version', '--short')}`,
  ];
};

interface NodeInfo {
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
  readonly osImage: string;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('\n', '<br>').replaceAll('|', '\\|')).join(' | ')} |`;
