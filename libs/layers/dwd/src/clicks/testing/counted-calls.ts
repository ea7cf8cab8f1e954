import type { ClickStore } from '../click-store';

type Method = (...args: readonly unknown[]) => unknown;

/** A store that counts how often it is asked: the cost of work that no clock can measure in a test. */
export function countedCalls<Store extends ClickStore>(store: Store): { readonly store: Store; readonly calls: () => number } {
  let calls = 0;
  const counting = Object.create(store) as Store;
  // Own methods, not a Proxy: in a test that asks some millions of times, a trap for each costs more than the answer.
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(store) as object))) {
    if (typeof value !== 'function' || name === 'constructor') continue;
    const method = (value as Method).bind(store);
    const counted: Method = (...args) => {
      calls++;
      return method(...args);
    };
    Object.defineProperty(counting, name, { value: counted });
  }
  return { store: counting, calls: () => calls };
}
