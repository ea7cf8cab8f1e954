// docs/deploy/chart.md is made of the comments in the chart's values.yaml: node tools/chart/page.mjs
// A test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, parseDocument } from 'yaml';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '../..');

const HEAD = `<!-- Made by tools/chart/page.mjs of helm/millrace/values.yaml. Do not edit. -->

# Values of the chart

What is wrong is told before anything is installed, with its path and what to write instead: a name that is none, a type, values that do not go
together. Whole files to start from are in \`helm/millrace/examples\` and, with the operators of Kafka and ClickHouse, in \`deploy/examples/operators\`.

Every component (\`ods\`, \`dwd\`, \`dws\`, \`archive\`, \`app\`) may have the keys of \`pods\` of its own, which then count instead.

| value | default | what |
|---|---|---|
`;

/** `# -- words, over lines` before a key; null for a comment that is not of the key alone. */
const wordsOf = (comment) => {
  const lines = (comment ?? '').split('\n').map((line) => line.trim());
  const at = lines.findLastIndex((line) => line.startsWith('-- '));
  return at === -1 ? '' : lines.slice(at).join(' ').slice(3);
};

const cell = (text) => text.replaceAll('|', '\\|');

const rows = (map, path, before) =>
  map.items.flatMap(({ key, value }, at) => {
    const name = path === '' ? key.value : `${path}.${key.value}`;
    const words = wordsOf(key.commentBefore ?? (at === 0 ? before : undefined));
    // A comment above the first key of a map is the map's.
    if (isMap(value) && value.items.length > 0 && !value.flow)
      return [...(words ? [`| \`${name}\` | | ${cell(words)} |`] : []), ...rows(value, name, value.commentBefore)];
    return [`| \`${name}\` | \`${cell(JSON.stringify(value.toJSON()))}\` | ${cell(words)} |`];
  });

export const page = () => {
  const document = parseDocument(readFileSync(join(workspace, 'helm/millrace/values.yaml'), 'utf8'));
  return `${HEAD}${rows(document.contents, '', document.commentBefore).join('\n')}\n`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(workspace, 'docs/deploy/chart.md'), page());
