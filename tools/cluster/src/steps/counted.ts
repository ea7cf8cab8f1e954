import type { Pod } from '../kube/pod';

/** `2 app, 1 archive, …`. */
export const countedIn = (pods: readonly Pod[]): string => {
  const counts = new Map<string, number>();
  for (const { component } of pods) counts.set(component, (counts.get(component) ?? 0) + 1);
  return [...counts].map(([component, count]) => `${count} ${component}`).join(', ');
};
