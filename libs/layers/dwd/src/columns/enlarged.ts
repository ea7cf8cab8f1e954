type Numbers = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** A larger array with what a smaller one holds. */
export const enlarged = <Array extends Numbers>(from: Array, into: Array): Array => {
  into.set(from);
  return into;
};
