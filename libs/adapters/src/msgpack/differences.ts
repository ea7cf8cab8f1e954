/** Each number less the one before it; null stands for -Infinity, from which no difference can be taken. */
export function differences(numbers: readonly number[]): (number | null)[] {
  let before = 0;
  return numbers.map((number) => {
    if (number === -Infinity) return null;
    const difference = number - before;
    before = number;
    return difference;
  });
}

/** The numbers again. */
export function sums(differences: readonly (number | null)[]): number[] {
  let before = 0;
  return differences.map((difference) => (difference === null ? -Infinity : (before += difference)));
}
