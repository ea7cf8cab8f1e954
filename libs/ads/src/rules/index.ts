export * from './rules';
export { RuleBook } from './rule-book';
export { parseRules, type ParsedRules } from './parse-rules';
export { RULES_SCHEMA } from './rules-schema';
export { refusalOfRules } from './succession';
