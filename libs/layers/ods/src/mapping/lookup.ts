import type { FormatDeclaration } from '../declaration/declaration';

/** Finds a declared column or path in a decoded record; undefined when there is nothing. */
export type Lookup = (record: unknown) => unknown;

export function compileLookup(path: string, { columns }: FormatDeclaration): Lookup {
  if (columns !== undefined) {
    const at = columns.indexOf(path);
    return (record) => (record as readonly string[])[at];
  }
  const names = path.split('.');
  return (record) => {
    let value = record;
    for (const name of names) {
      // Own names only: no `constructor` or `__proto__` of a hostile record's is ever reached.
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return value;
  };
}
