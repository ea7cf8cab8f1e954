import { DEFAULT_RULES, type Late, parseDay, type Rules } from '@millrace/ads';
import type { Output } from '@millrace/stream';
import { newCounters } from '../counters';
import { Emitter } from '../emitter';
import { Policy } from '../policy';
import { Doubts } from './doubts';

const DAY = 86_400_000;
const dayOf = (name: string): number => parseDay(name) ?? NaN;
const CLICK = {
  type: 'click',
  source: 's',
  event_id: 'c',
  user_id: 'u',
  merchant_id: 'm',
  event_time: dayOf('2025-03-01') * DAY,
};

test('what rules add that begin later is listed when they begin, and nothing twice', () => {
  const rules: Rules = {
    ...DEFAULT_RULES,
    zone: 'UTC',
    window_ms: 2 * DAY,
    changes: [{ from_day: '2025-03-08', window_ms: 9 * DAY }],
  };
  const emitter = new Emitter(newCounters());
  const doubts = new Doubts(emitter, new Policy(rules));
  const days: number[] = [];
  const out: Output = { emit: (_name, _key, row) => void days.push((row as Late).day - dayOf('2025-03-01')) };
  emitter.watermark_ms = dayOf('2025-03-05') * DAY;
  doubts.advance(emitter.watermark_ms, out);
  doubts.list(CLICK.event_time, CLICK.event_time, 'state_gone', CLICK, out);
  expect(days.splice(0)).toEqual([0, 1, 2]);
  for (const day of ['2025-03-07', '2025-03-08', '2025-03-09']) {
    emitter.watermark_ms = dayOf(day) * DAY;
    doubts.advance(emitter.watermark_ms, out);
  }
  expect(days).toEqual([7, 8, 9]);
});
