import type { ClickStore } from '../click-store';

type Method = (...args: readonly unknown[]) => unknown;

/** A store that counts how often it is asked: the cost of work that no clock can measure in a test. */
export function countedCalls(store: ClickStore): { readonly store: ClickStore; readonly calls: () => number } {
  let calls = 0;
  const counting = Object.create(store) as ClickStore & Record<string, Method>;
  // Own methods, not a Proxy: in a test that asks some millions of times, a trap for each costs more than the answer.
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(store) as object))) {
    if (typeof value !== 'function' || name === 'constructor') continue;
    const method = (value as Method).bind(store);
    counting[name] = (...args) => {
      calls++;
      return method(...args);
    };
  }
  return { store: counting, calls: () => calls };
}
