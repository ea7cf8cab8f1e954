import fc from 'fast-check';
import { DAY_MS, dayName } from './civil';
import { type Zone, zoneOf } from './zone';

const HOUR_MS = 3_600_000;

/** The slow judge: everything about a zone from Intl's formatted text alone, and nothing from the code under test. */
function judgeOf(timeZone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const local = (t_ms: number): string => format.format(t_ms);
  const date = (t_ms: number): string => local(t_ms).slice(0, 10);
  const hour = (t_ms: number): string => local(t_ms).slice(0, 13);
  const offset = (t_ms: number): number => Date.parse(`${local(t_ms).replace(' ', 'T')}Z`) - Math.floor(t_ms / 1000) * 1000;
  return { date, hour, offset };
}
type Judge = ReturnType<typeof judgeOf>;

/** Instants at which the offset changes between two years, looked for in steps of a month. */
function changesOf(judge: Judge, fromYear: number, toYear: number): number[] {
  const changes: number[] = [];
  const end = Date.UTC(toYear, 0);
  for (let at = Date.UTC(fromYear, 0); at < end; at += 30 * DAY_MS) {
    if (judge.offset(at) === judge.offset(at + 30 * DAY_MS)) continue;
    let [low, high] = [at, at + 30 * DAY_MS];
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (judge.offset(middle) === judge.offset(at)) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

function expectAgreement(zone: Zone, judge: Judge, around: number): void {
  const name = zone.name;
  for (const distance of [-DAY_MS, -HOUR_MS, -1800_000, -1, 0, 1, 1800_000, HOUR_MS, DAY_MS]) {
    const t_ms = around + distance;
    expect([name, t_ms, zone.dayName(zone.dayOf(t_ms))]).toEqual([name, t_ms, judge.date(t_ms)]);

    const start = zone.hourStart(t_ms);
    expect(start <= t_ms && t_ms - start < HOUR_MS).toBe(true);
    expect([name, t_ms, judge.hour(start), judge.offset(start)]).toEqual([name, t_ms, judge.hour(t_ms), judge.offset(t_ms)]);
    // It is the hour's first instant: one before, the clock showed another hour or had another offset.
    expect(judge.hour(start - 1) !== judge.hour(t_ms) || judge.offset(start - 1) !== judge.offset(t_ms)).toBe(true);
  }
}

describe('every zone that Intl knows', () => {
  const names = Intl.supportedValuesOf('timeZone');
  const nth = (list: readonly number[], seed: number): number | undefined => list[seed % Math.max(1, list.length)];

  test.each(names.map((name, index) => ({ name, index })))('$name agrees with Intl around its changes', ({ name, index }) => {
    const judge = judgeOf(name);
    const changes = changesOf(judge, 1972, 2040);
    // Three of a zone's changes, another three in the next zone: together they cover every decade and kind of change.
    const sample = new Set([0, 7, 31].map((step) => nth(changes, index * 13 + step) ?? Date.UTC(2020, index % 12)));
    const zone = zoneOf(name);
    for (const change of sample) {
      expectAgreement(zone, judge, change);
      for (const day of [zone.dayOf(change) - 1, zone.dayOf(change), zone.dayOf(change) + 1]) expectDay(zone, judge, change, day);
    }
  });

  function expectDay(zone: Zone, judge: Judge, change: number, day: number): void {
    const [start, end] = [zone.dayStart(day), zone.dayEnd(day)];
    const earlier = (t_ms: number): boolean => judge.date(t_ms) < dayName(day);
    const later = (t_ms: number): boolean => judge.date(t_ms) > dayName(day);
    expect([earlier(start - 1), earlier(start), later(end - 1), later(end)]).toEqual([true, false, false, true]);
    // Nothing before the start belongs to the day, and nothing from the end on: looked at hourly, and just beside the change.
    const hours = Array.from({ length: 26 }, (_, hour) => (hour + 1) * HOUR_MS);
    const before = [...hours.map((distance) => start - distance), change - 1].filter((t_ms) => t_ms < start);
    const after = [...hours.map((distance) => end + distance), change].filter((t_ms) => t_ms >= end);
    expect([before.every(earlier), after.every(later)]).toEqual([true, true]);
  }
});

describe('days that are not 24 hours long', () => {
  test('vector 20: a zone with a day of 23 hours and one of 25', () => {
    const zone = zoneOf('Europe/Berlin');
    for (const [name, hours] of [
      ['2025-03-30', 23],
      ['2025-10-26', 25],
    ] as const) {
      const day = zone.parseDay(name) ?? NaN;
      const start = zone.dayStart(day);
      expect((zone.dayEnd(day) - start) / HOUR_MS).toBe(hours);
      expect([zone.dayOf(start - 1), zone.dayOf(start)]).toEqual([day - 1, day]);
      expect([zone.dayOf(start + hours * HOUR_MS - 1), zone.dayOf(start + hours * HOUR_MS)]).toEqual([day, day + 1]);
    }
  });

  const lengthOf = (iana: string, name: string): number => {
    const zone = zoneOf(iana);
    const day = zone.parseDay(name);
    if (day === null) throw new Error(name);
    return (zone.dayEnd(day) - zone.dayStart(day)) / HOUR_MS;
  };

  test.each([
    ['Asia/Shanghai', '2024-03-10', 24],
    ['America/New_York', '2024-03-10', 23],
    ['America/New_York', '2024-11-03', 25],
    ['Australia/Lord_Howe', '2024-04-07', 24.5],
    ['Australia/Lord_Howe', '2024-10-06', 23.5],
    ['America/Sao_Paulo', '2018-11-04', 23], // began at 01:00
    ['Pacific/Apia', '2011-12-29', 24],
    ['Pacific/Apia', '2011-12-30', 0], // skipped
    ['Pacific/Apia', '2011-12-31', 24],
  ])('%s %s: %d h', (iana, name, hours) => {
    expect(lengthOf(iana, name)).toBe(hours);
  });

  test('a skipped day starts with the next one', () => {
    const apia = zoneOf('Pacific/Apia');
    const skipped = apia.parseDay('2011-12-30') ?? NaN;
    expect(apia.dayStart(skipped)).toBe(apia.dayStart(skipped + 1));
    expect(apia.dayOf(apia.dayStart(skipped))).toBe(skipped + 1);
  });

  test('a clock that falls back over midnight makes two days overlap, as their dates do', () => {
    const stJohns = zoneOf('America/St_Johns');
    const day = stJohns.parseDay('2010-11-06') ?? NaN; // at 00:01 on the 7th it became 23:01 on the 6th
    expect(stJohns.dayEnd(day) - stJohns.dayStart(day + 1)).toBe(HOUR_MS);
    expect(stJohns.dayOf(stJohns.dayStart(day + 1))).toBe(day + 1);
    expect(stJohns.dayOf(stJohns.dayStart(day + 1) + 60_000)).toBe(day);
    expect(stJohns.dayOf(stJohns.dayEnd(day))).toBe(day + 1);
  });
});

describe('hours', () => {
  test('start on the half hour of UTC where the zone is half an hour off', () => {
    expect(zoneOf('Asia/Kolkata').hourStart(Date.UTC(2024, 0, 1, 10, 45))).toBe(Date.UTC(2024, 0, 1, 10, 30));
    expect(zoneOf('Asia/Kathmandu').hourStart(Date.UTC(2024, 0, 1, 10, 20))).toBe(Date.UTC(2024, 0, 1, 10, 15));
  });

  test('go on over the turn of the UTC year, where no offset changes', () => {
    expect(zoneOf('Asia/Kolkata').hourStart(Date.UTC(2024, 0, 1, 0, 10))).toBe(Date.UTC(2023, 11, 31, 23, 30));
  });

  test('that the clock shows twice are two', () => {
    const newYork = zoneOf('America/New_York');
    const first = Date.UTC(2024, 10, 3, 5);
    expect(newYork.hourStart(first + HOUR_MS - 1)).toBe(first);
    expect(newYork.hourStart(first + HOUR_MS)).toBe(first + HOUR_MS);
  });
});

describe('instantOf', () => {
  const newYork = zoneOf('America/New_York');

  test.each([
    ['an ordinary time', [2024, 6, 1, 12], [2024, 6, 1, 16]],
    ['of two, the earlier', [2024, 10, 3, 1, 30], [2024, 10, 3, 5, 30]],
    ['a skipped time is read with the offset before', [2024, 2, 10, 2, 30], [2024, 2, 10, 7, 30]],
  ] as const)('%s', (_, local, instant) => {
    const utc = (parts: readonly number[]): number => Date.UTC(parts[0] ?? 0, parts[1] ?? 0, parts[2], parts[3], parts[4] ?? 0);
    expect(newYork.instantOf(utc(local))).toBe(utc(instant));
  });

  test('is undone by the judge, except in a gap', () => {
    const judge = judgeOf('America/New_York');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1995, 0), max: Date.UTC(2035, 0) }), (local_ms) => {
        const instant = newYork.instantOf(local_ms);
        const shown = instant + judge.offset(instant);
        expect(shown === local_ms || shown === local_ms + HOUR_MS).toBe(true);
      }),
    );
  });
});

describe('zoneOf', () => {
  test('answers in any order of questions as a fresh zone does', () => {
    const used = zoneOf('Europe/Berlin');
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2019, 0), max: Date.UTC(2026, 0) }), (t_ms) => {
        const fresh = zoneOf('Europe/Berlin');
        expect(used.dayOf(t_ms)).toBe(fresh.dayOf(t_ms));
        expect(used.hourStart(t_ms)).toBe(fresh.hourStart(t_ms));
      }),
      { numRuns: 50 },
    );
  });

  test.each([-200_000, -1, 0, 1, 1583, 9999, 200_000])('knows year %d', (year) => {
    const zone = zoneOf('Asia/Shanghai');
    const day = zone.dayOf(Date.parse(`${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}-07-01T12:00:00Z`));
    expect(dayName(day)).toMatch(/-07-01$/);
    expect(zone.dayEnd(day) - zone.dayStart(day)).toBe(DAY_MS);
  });

  test.each(['Mars/Olympus', '', 'Asia/Shanghai '])('refuses %p by name', (name) => {
    expect(() => zoneOf(name)).toThrow(
      new RangeError(`unknown time zone ${JSON.stringify(name)}: expected an IANA name such as "Asia/Shanghai"`),
    );
  });
});
