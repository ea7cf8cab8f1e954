/** Redis' own rule for which node has a key: the text in the first braces that hold any, or else all of it. */
const tagOf = (key: string): string => /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;

/** Items whose keys are on one node whatever the cluster's shape, under the hash tag with its braces. */
export const byTag = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  let last = '';
  let group: T[] | undefined;
  for (const item of items) {
    const key = keyOf(item);
    // Most keys begin as the one before did: with the same braces, so that nothing must be cut out.
    if (group === undefined || !key.startsWith(last)) {
      last = `{${tagOf(key)}}`;
      group = groups.get(last);
      if (group === undefined) groups.set(last, (group = []));
    }
    group.push(item);
  }
  return groups;
};
