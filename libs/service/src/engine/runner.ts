import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { partitionOf, refusalOfRules, type Rules } from '@millrace/ads';
import { Runner, type RunnerOptions, type RunnerPorts } from '@millrace/stream';
import { createHash } from 'node:crypto';

/** Changed rows that are held before they are written: bounds memory in a fast replay. */
const PENDING_ROWS = 100_000;

/** `codec`: another than that of logs which are kept, where nothing is. */
export type EnginePorts = Omit<RunnerPorts, 'codec' | 'partitioner'> & Partial<Pick<RunnerPorts, 'codec'>>;
export type EngineOptions = Omit<RunnerOptions, 'fingerprint' | 'pending_rows' | 'rules'> & { readonly rules: Rules };

/** The engine as every program of ours runs it: one frame format, one partitioner, state that belongs to its rules (D3). */
export const createRunner = (ports: EnginePorts, { rules, ...options }: EngineOptions): Runner =>
  new Runner(
    { codec: new MsgpackFrameCodec(), partitioner: partitionOf, ...ports },
    {
      ...options,
      pending_rows: PENDING_ROWS,
      fingerprint: createHash('sha256').update(JSON.stringify(rules)).digest('hex'),
      rules: { data: rules, refusal: (before, watermark_ms) => refusalOfRules(before as Rules, rules, watermark_ms) },
    },
  );
