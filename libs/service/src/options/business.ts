import { DEFAULT_RULES, type Rules } from '@millrace/ads';
import { list, optional, type Settings, text } from '@millrace/boot';
import type { SourceDeclaration } from '@millrace/layer-ods';
import { loadRules } from '../files/rules-file';
import { loadSource } from '../files/sources';

/** What decides what events mean: the same for every service of a warehouse. */
export const RULES_OPTIONS = {
  rules: optional(
    text<Partial<Rules>>({
      description: 'business rules, see docs/rules.md; by default those of the code',
      expected: 'the path of a JSON file',
      read: loadRules,
    }),
  ),
};
export const rulesOf = ({ rules }: Settings<typeof RULES_OPTIONS>): Rules => ({ ...DEFAULT_RULES, ...rules });

export const SOURCES_OPTIONS = {
  sources: list<readonly SourceDeclaration[]>({
    description: 'declarations of the outside formats, see docs/sources.md',
    expected: 'names in deploy/sources or paths of JSON files, separated by commas',
    default: ['http', 'events'],
    read: (written) => written.map(loadSource),
  }),
};
