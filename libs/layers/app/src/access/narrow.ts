import { Refusal } from '../problem/refusal';
import type { Asker, Merchants } from './asker';

/** The merchants that a question is about: those named, or else all of the key's. Null: of everyone. Refuses the names of others. */
export const narrowed = (named: readonly string[] | undefined, { name, merchants }: Asker): readonly string[] | null => {
  if (merchants === 'all') return named ?? null;
  if (named === undefined) return [...merchants];
  const foreign = named.filter((id) => !merchants.has(id));
  if (foreign.length === 0) return named;
  throw new Refusal(
    'forbidden',
    `The key "${name}" does not have the merchant ${foreign.join(', ')}. Ask for merchants of the key, or for none, which means all of them.`,
  );
};

export const listOf = (merchants: Merchants): readonly string[] | null => (merchants === 'all' ? null : [...merchants]);
