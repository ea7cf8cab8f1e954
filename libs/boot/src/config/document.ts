/** A document by paths: `{"kafka.brokers": x}` as `{"kafka": {"brokers": x}}`. */
export const nested = (values: ReadonlyMap<string, unknown>): Record<string, unknown> => {
  const document: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let folder = document;
    for (const name of names) folder = folderIn(folder, name);
    folder[last] = value;
  }
  return document;
};

/** The value at a path; undefined where there is none. */
export const valueAt = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((folder, name) => (isFolder(folder) && Object.hasOwn(folder, name) ? folder[name] : undefined), document);

export const isFolder = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const folderIn = (folder: Record<string, unknown>, name: string): Record<string, unknown> => {
  const made: Record<string, unknown> = {};
  const found = (folder[name] ??= made);
  return isFolder(found) ? found : made;
};
