// What every bench says of its runs, and how.

/** On what a run was made. */
export const figures = () => ({ node: process.version, arch: process.arch });

/** Minimum, median, maximum. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length >> 1], max: sorted[sorted.length - 1] };
}

/** One line of JSON per run, or the spread of each figure. A run that is not correct is void, and so is the bench. */
export function report(bench, runs, json) {
  if (json) for (const run of runs) console.log(JSON.stringify({ bench, ...run }));
  else print(bench, runs);
  if (runs.some(({ correct }) => correct === false)) {
    console.error(`${bench}: void, the answer is wrong: ${JSON.stringify(runs.find(({ correct }) => correct === false).found)}`);
    process.exitCode = 1;
  }
}

function print(bench, runs) {
  const [{ events, node, correct }] = runs;
  const verdict = correct === null ? 'not checked' : runs.every((run) => run.correct) ? 'correct' : 'VOID';
  console.log(`${bench}: ${events} events, ${runs.length} runs, Node ${node}, ${verdict}; CPU µs per event (min / median / max)`);
  const line = (name, numbers) => {
    const { min, median, max } = spread(numbers);
    console.log(`  ${name.padEnd(24)} ${[min, median, max].map((number) => number.toFixed(2).padStart(8)).join(' ')}`);
  };
  line(
    'all',
    runs.map((run) => run.us_per_event),
  );
  if (runs[0].second_half !== undefined)
    line(
      'second half',
      runs.map((run) => run.second_half),
    );
  for (const stage of Object.keys(runs[0].stages ?? {}))
    line(
      `  ${stage}`,
      runs.map((run) => run.stages[stage]),
    );
  if (runs[0].wall_s !== undefined)
    line(
      'wall, s',
      runs.map((run) => run.wall_s),
    );
  if (runs[0].rss_mb !== undefined)
    line(
      'RSS, MB',
      runs.map((run) => run.rss_mb),
    );
}
