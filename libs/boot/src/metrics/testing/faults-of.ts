import { exportedName, LABELS, METRICS, type MetricDefinition, type Service } from '../definitions';

/** Lists that the definitions only name, for they are others'. */
export type Lists = Readonly<Partial<Record<keyof typeof LABELS, readonly string[]>>>;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** What the client library exports by itself. */
const FOREIGN = /^(process|nodejs)_/;
const LONGEST_VALUE = 80;

/** What is wrong with an answer to `GET /metrics`, held against the definitions in both directions; empty when nothing is. */
export const faultsOf = (text: string, service: Service, lists: Lists): string[] => {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [name, help]));
  const samples = samplesOf(text);
  const defined = Object.entries<MetricDefinition>(METRICS)
    .filter(([, { services }]) => services.includes(service))
    .map(([name, definition]) => ({ exported: exportedName(name, definition), definition }));
  const documented = new Set(defined.map(({ exported }) => exported));
  return [
    ...[...types.keys()]
      .filter((name) => !documented.has(name) && !FOREIGN.test(name))
      .map((name) => `${name} is exported, and not documented for ${service}`),
    ...defined.flatMap(({ exported, definition }) => {
      const { type, help, labels, rare } = definition;
      const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => exported + suffix) : [exported];
      const own = samples.filter(({ name }) => names.includes(name));
      return [
        ...(types.get(exported) === type
          ? []
          : [`${exported} is documented as ${type}, and exported as ${types.get(exported) ?? 'nothing'}`]),
        ...(helps.get(exported) === help ? [] : [`${exported} does not say what it is as documented`]),
        ...(own.length > 0 || rare === true ? [] : [`${exported} has no value`]),
        ...own.flatMap((sample) => labelFaults(sample, [...labels, ...(sample.name.endsWith('_bucket') ? ['le'] : [])], lists)),
        ...own.filter(({ value }) => !Number.isFinite(Number(value))).map(({ name, value }) => `${name} is ${value}`),
      ];
    }),
  ];
};

const labelFaults = ({ name, labels }: Sample, allowed: readonly string[], lists: Lists): string[] => {
  const given = Object.keys(labels);
  if (given.length !== allowed.length || given.some((label) => !allowed.includes(label)))
    return [`${name} has the labels ${given.join()}, not ${allowed.join()}`];
  return Object.entries(labels)
    .filter(([label, value]) => label !== 'le' && !isBounded(label as keyof typeof LABELS, value, lists))
    .map(([label, value]) => `${name} has the ${label} ${JSON.stringify(value)}, which is not bounded as documented`);
};

const isBounded = (label: keyof typeof LABELS, value: string, lists: Lists): boolean => {
  const { bound }: { readonly bound: string | readonly string[] } = LABELS[label];
  if (typeof bound !== 'string') return bound.includes(value);
  if (label === 'partition') return /^\d{1,4}$/.test(value);
  if (label === 'code') return /^[1-5]\d\d$/.test(value);
  return lists[label]?.includes(value) ?? (value.length > 0 && value.length <= LONGEST_VALUE);
};

const samplesOf = (text: string): Sample[] =>
  [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = '', labels = '', value = '']) => ({
    name,
    value,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', of = '']) => [label, of])),
  }));
