import type { Statement } from './statement';

/** All signed rows of the conversions that have this order id, or one of whose events has this id; in the order of their positions. */
export const conversionQuery = (id: string): Statement => {
  throw new Error(`not yet: ${id}`);
};
