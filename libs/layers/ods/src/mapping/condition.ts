import type { ConditionDeclaration, FormatDeclaration } from '../declaration/declaration';
import { isScalar } from './field';
import { compileLookup } from './lookup';

export type Condition = (record: unknown) => boolean;

/** True when every declared condition holds; values are compared as text, so `1` and `"1"` are the same. */
export function compileConditions(when: Readonly<Record<string, ConditionDeclaration>>, format: FormatDeclaration): Condition {
  const conditions = Object.entries(when).map(([path, declared]): Condition => {
    const lookup = compileLookup(path, format);
    if ('present' in declared) return (record) => isPresent(lookup(record)) === declared.present;
    const values = new Set(declared.map(String));
    return (record) => {
      const value = lookup(record);
      return isScalar(value) && values.has(String(value));
    };
  });
  return (record) => conditions.every((holds) => holds(record));
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
