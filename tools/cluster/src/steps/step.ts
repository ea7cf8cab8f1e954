import type { Trial } from '../trial';

/** Something that is done to the deployment, and what must be seen then. */
export interface Step {
  readonly name: string;
  readonly says: string;
  readonly limit_ms: number;
  readonly needs: { readonly stores: boolean };
  /** Without it nothing that follows makes sense. */
  readonly first?: true;
  /** Done at the end, whatever went before. */
  readonly last?: true;
  /** What was seen, a line each; throws when it is not as it should be. */
  readonly run: (trial: Trial) => Promise<readonly string[]>;
}
