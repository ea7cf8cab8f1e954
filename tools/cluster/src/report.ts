import { run } from './kube/command';
import type { Outcome } from './run';
import type { Trial } from './trial';

const LIMIT_MS = 20_000;

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
        [...saw, ...(wrong === null ? [] : [`**${wrong}**`])].join('<br>'),
        wrong === null ? 'ok' : '**WRONG**',
      ]),
    ),
    '',
  ].join('\n');
};

/** Where the steps were run: said by those who know. */
export const surroundingsOf = async ({ options }: Trial): Promise<readonly string[]> => {
  const commit = await run('git', ['log', '-1', '--format=%h of %ci'], { limit_ms: LIMIT_MS });
  const dirty =
    (await run('git', ['status', '--porcelain', '--', 'helm', 'apps', 'libs', 'Dockerfile'], { limit_ms: LIMIT_MS })) !== '';
  const nodes = await run('kubectl', ['get', 'nodes', '-o', 'json'], { limit_ms: LIMIT_MS });
  const infos = (JSON.parse(nodes) as { items: readonly { status: { nodeInfo: NodeInfo } }[] }).items.map(
    ({ status }) => status.nodeInfo,
  );
  const [info] = infos;
  const helm = await run('helm', ['version', '--short'], { limit_ms: LIMIT_MS });
  return [
    `commit ${commit}${dirty ? ', with changes that are not committed' : ''}; image ${options.image}`,
    `Kubernetes ${info?.kubeletVersion ?? '?'}, ${infos.length} node(s), ${info?.containerRuntimeVersion ?? ''}, ${info?.osImage ?? ''}; helm ${helm}`,
  ];
};

interface NodeInfo {
  readonly kubeletVersion: string;
  readonly containerRuntimeVersion: string;
  readonly osImage: string;
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('\n', '<br>').replaceAll('|', '\\|')).join(' | ')} |`;
