export { choice, flag, integer, list, optional, secret, text, type Option, type OptionTable, type Settings } from './option';
export { readConfig, type Agreement, type Config, type Invocation } from './read-config';
export type { Program } from './command-line';
