import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf } from '../adjoin/chosen-input';
import type { Bench, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import { ODS_WAYS, type OdsJob } from './run';

const CLICKS = 120_000;
const RECORDS = 60_000;

export const odsBench: Bench = {
  name: 'ods',
  method: `ODS besides its client: from a record's JSON text to its validated row in an encoded frame. ${RECORDS} records of the AdJoin input (IN) in memory, in batches as
a consumer hands them over. "framed row" is all of it: read, validate, place, collect, encode; "row alone" without frames; "JSON.parse alone" what
reading the text costs by itself; "decode" what the next process pays to read the frames. Every candidate has a process of its own in every round,
for in one process they would spoil one another's compiled code; it reads all records five times, and the last two count. Candidates take turns.
Check: every record's row says what its text says, and frames give back what was put in.`,
  prepare: async (options) => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const { folder } = await inputOf(options, CLICKS, scratch);
    return {
      candidates: ODS_WAYS.map((way) => ({
        what: way,
        run: () => inOwnProcess<Run>('ods', { folder, records: RECORDS, way } satisfies OdsJob),
      })),
      close: async () => rmSync(scratch, { recursive: true, force: true }),
    };
  },
};
