import type { Grain, KeyField } from '@millrace/ads';

/** The grains' paths as one tree of fields: grains that share a prefix share the steps of it. */
export interface GrainShape {
  /** The grain whose path ends here. */
  readonly grain: Grain | null;
  readonly steps: readonly { readonly field: KeyField; readonly shape: GrainShape }[];
}

export const shapeOf = (grains: readonly Grain[], depth = 0): GrainShape => {
  const longer = grains.filter(({ path }) => path.length > depth);
  const fields = [...new Set(longer.flatMap(({ path }) => path[depth] ?? []))];
  return {
    grain: grains.find(({ path }) => path.length === depth) ?? null,
    steps: fields.map((field) => ({
      field,
      shape: shapeOf(
        longer.filter(({ path }) => path[depth] === field),
        depth + 1,
      ),
    })),
  };
};
