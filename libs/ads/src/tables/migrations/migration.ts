/**
 * A step of the schema, forward only: once it was applied anywhere its text must not change. What it says is SQL as it is on
 * one node; see `statementsOf` for clusters. Every statement may be repeated: a crash leaves a step half done.
 */
export interface Migration {
  /** `0001-what`: they are applied in the order of their names. */
  readonly name: string;
  readonly statements: readonly string[];
}
