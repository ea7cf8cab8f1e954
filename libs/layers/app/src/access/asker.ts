/** What a key may do. `operate`: what belongs to no merchant, such as rejected records and the metrics of the process. */
export const RIGHTS = ['read', 'write', 'operate'] as const;
export type Right = (typeof RIGHTS)[number];

/** Whose numbers: of everyone, or of these merchants alone. */
export type Merchants = 'all' | ReadonlySet<string>;

/** On whose behalf a request is answered. */
export interface Asker {
  /** For logs and limits; never the key. */
  readonly name: string;
  readonly rights: ReadonlySet<Right>;
  readonly merchants: Merchants;
  /** Its own rate; null: that of the limits. */
  readonly requests_per_minute: number | null;
}

/** Who asks where there are no keys: everything is allowed, to whoever reaches the address. */
export const ANYONE: Asker = { name: 'anyone', rights: new Set(RIGHTS), merchants: 'all', requests_per_minute: null };
