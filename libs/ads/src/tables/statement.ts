/** SQL with typed placeholders, `{name:Type}`: values never become text. */
export interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}
