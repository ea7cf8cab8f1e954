import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RULES } from '../places';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] }[];
}

/** A case of `promtool test rules`, as far as it is read here. */
export interface RuleCase {
  readonly name?: string;
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts?: readonly unknown[] | null;
  }[];
}

const read = <Document>(path: string): Document => parse(readFileSync(path, 'utf8')) as Document;

const yamlFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name));

export const ruleFiles = (): string[] => yamlFiles(RULES);
export const ruleTestFiles = (): string[] => yamlFiles(join(RULES, 'tests'));

export const allRules = (): (AlertRule | RecordingRule)[] =>
  ruleFiles().flatMap((path) => read<RuleFile>(path).groups.flatMap(({ rules }) => rules));

export const isAlert = (rule: AlertRule | RecordingRule): rule is AlertRule => 'alert' in rule;
export const isRecording = (rule: AlertRule | RecordingRule): rule is RecordingRule => 'record' in rule;

export const ruleCases = (): RuleCase[] => ruleTestFiles().flatMap((path) => read<{ tests: RuleCase[] }>(path).tests);
