import type { Clock, Log } from '@millrace/stream';
import { ScriptedLog } from '../testing/doubles';
import { Intake, type IntakeOptions, type OutgoingEvent } from './intake';

const event = (partition: number, id: string): OutgoingEvent => ({
  partition,
  key: Buffer.from('u'),
  value: Buffer.from(JSON.stringify({ id })),
});
/** Time passes when it is told to. */
class HeldClock implements Clock {
  private sleepers: (() => void)[] = [];
  now_ms(): number {
    return 0;
  }
  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.sleepers.push(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
  }
  pass(): void {
    for (const wake of this.sleepers.splice(0)) wake();
  }
}
const intakeOver = (log: ScriptedLog, bound_bytes = 1_000, rest: Partial<IntakeOptions> = {}): Intake =>
  new Intake({
    log: log as unknown as Log,
    topic: 'raw.http',
    clock: new HeldClock(),
    bound_bytes,
    patience_ms: 5_000,
    ...rest,
  });

test('requests that come while an append is under way go together in the next, each in its order', async () => {
  const log = new ScriptedLog();
  const intake = intakeOver(log);
  log.hold();
  const requests = [intake.take([event(0, 'a')]), intake.take([event(1, 'b'), event(0, 'c')]), intake.take([event(0, 'd')])];
  log.release();
  await Promise.all(requests);
  expect(log.appends).toHaveLength(2);
  expect(log.events.map(({ partition, event: { id } }) => `${partition}${String(id)}`)).toEqual(['0a', '1b', '0c', '0d']);
});

test('nobody is answered before the log has the events', async () => {
  const log = new ScriptedLog();
  const intake = intakeOver(log);
  log.hold();
  let answered = false;
  const taken = intake.take([event(0, 'a')]).then(() => (answered = true));
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  log.release();
  await taken;
  expect(answered).toBe(true);
});

test('what waits is bounded, and the bound is free again afterwards', async () => {
  const log = new ScriptedLog();
  const intake = intakeOver(log, 30);
  log.hold();
  const first = intake.take([event(0, 'a')]);
  const second = intake.take([event(0, 'b')]);
  expect(() => intake.take([event(0, 'c')])).toThrow(
    expect.objectContaining({ code: 'intake-full', particulars: { headers: { 'retry-after': '1' } } }),
  );
  log.release();
  await Promise.all([first, second]);
  await intake.take([event(0, 'd')]);
  expect(log.events.map(({ event: { id } }) => id)).toEqual(['a', 'b', 'd']);
});

test('a single request larger than the bound is taken when nothing waits', async () => {
  const log = new ScriptedLog();
  await intakeOver(log, 5).take([event(0, 'large')]);
  expect(log.events).toHaveLength(1);
});

test('when the log fails everyone who waited for that append is told, and the next is tried anew', async () => {
  const log = new ScriptedLog();
  log.failure = new Error('disk full');
  const told: unknown[] = [];
  const intake = intakeOver(log, 1_000, { onFailure: (cause) => told.push(cause) });
  await expect(intake.take([event(0, 'a')])).rejects.toMatchObject({ code: 'log-unavailable', cause: log.failure });
  expect(told).toEqual([log.failure]);
  log.failure = null;
  await intake.take([event(0, 'b')]);
  await intake.drain();
});

test('while an append is overdue nobody waits for the log, and afterwards events are taken again', async () => {
  const log = new ScriptedLog();
  const clock = new HeldClock();
  const intake = intakeOver(log, 1_000, { clock });
  const away = expect.objectContaining({ code: 'log-unavailable', particulars: { headers: { 'retry-after': '1' } } });
  log.hold();
  const waiting = [intake.take([event(0, 'sent')]), intake.take([event(0, 'behind it')])];
  clock.pass();
  for (const each of waiting) await expect(each).rejects.toEqual(away);
  expect(() => intake.take([event(0, 'later')])).toThrow(away);
  log.release();
  await intake.drain();
  await intake.take([event(0, 'again')]);
  expect(log.events.map(({ event: { id } }) => id)).toEqual(['sent', 'again']);
});

test('drain waits for everything that was taken', async () => {
  const log = new ScriptedLog();
  const intake = intakeOver(log);
  log.hold();
  void intake.take([event(0, 'a')]);
  void intake.take([event(0, 'b')]);
  const drained = intake.drain();
  log.release();
  await drained;
  expect(log.events).toHaveLength(2);
});
