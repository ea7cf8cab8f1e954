/** Redis' own rule for which node has a key: the text in the first braces that hold any, or else all of it. */
const tagOf = (key: string): string => /^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key;

/** Items whose keys are on one node whatever the cluster's shape, under the hash tag with its braces. */
export const byTag = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const tag = `{${tagOf(keyOf(item))}}`;
    const group = groups.get(tag);
    if (group === undefined) groups.set(tag, [item]);
    else group.push(item);
  }
  return groups;
};
