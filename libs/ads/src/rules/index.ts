export * from './rules';
export { RuleBook } from './rule-book';
