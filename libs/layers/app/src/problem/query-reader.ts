import { Faults } from './faults';
import { unknownName } from './nearest';

export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the query string of one request; faults are collected, not thrown. */
export class QueryReader<Name extends string> {
  constructor(
    private readonly query: Query,
    known: readonly Name[],
    readonly faults: Faults,
  ) {
    for (const name of Object.keys(query)) {
      if (!known.some((each) => each === name)) faults.add(name, unknownName('parameter', name, known));
    }
  }

  has(name: Name): boolean {
    return this.query[name] !== undefined;
  }

  /** The value of a parameter that may stand once. */
  one(name: Name): string | undefined {
    const values = this.all(name);
    return values.length > 1 ? this.faults.add(name, 'It stands more than once. Keep one.') : values[0];
  }

  /** The value of a parameter that must be one of a few. */
  oneOf<Value extends string>(name: Name, valid: readonly Value[]): Value | undefined {
    const given = this.one(name);
    if (given === undefined) return undefined;
    return valid.find((each) => each === given) ?? this.faults.add(name, unknownName(name, given, valid));
  }

  /** The elements of a comma list; repeating the parameter makes the list longer. */
  list(name: Name): readonly string[] {
    return this.all(name)
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter((value) => value !== '');
  }

  all(name: Name): readonly string[] {
    const value = this.query[name];
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
    if (values.some((each) => each.trim() === '')) this.faults.add(name, 'It is empty. Give it a value, or leave it out.');
    return values.filter((each) => each.trim() !== '');
  }
}

/** For addresses that have no parameters: one that is ignored looks like one that was heeded. */
export const refuseParameters = (query: Query): void => {
  const { faults } = new QueryReader<never>(query, [], new Faults());
  if (faults.any) throw faults.refusal();
};
