import type { Typed } from './typed';

/** A larger array with what a smaller one holds. */
export const enlarged = <Array extends Typed>(from: Array, into: Array): Array => {
  into.set(from);
  return into;
};
