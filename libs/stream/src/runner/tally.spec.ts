import { Tally } from './tally';

type Told = [name: string, by: number, labels: Readonly<Record<string, string>>];

const telling = (counters: object) => {
  const told: Told[] = [];
  const tally = new Tally({ counters });
  const meter = {
    count: (name: string, by: number, labels: Readonly<Record<string, string>> = {}) => void told.push([name, by, labels]),
    gauge: () => undefined,
    observe: () => undefined,
    forget: () => undefined,
  };
  return { skip: () => tally.skip(), tell: () => (tally.tell(meter, 'ods', 'raw.a'), told.splice(0)) };
};

describe('what an operator counts', () => {
  it('is told as it rises, by kind, and at first even if it is 0', () => {
    const counters = { in: 0, rejected: { not_json: 0, too_large: 2 } };
    const { tell } = telling(counters);
    expect(tell()).toEqual([
      ['ods_in', 0, { topic: 'raw.a' }],
      ['ods_rejected', 0, { topic: 'raw.a', kind: 'not_json' }],
      ['ods_rejected', 2, { topic: 'raw.a', kind: 'too_large' }],
    ]);
    counters.rejected.too_large += 3;
    expect(tell()).toEqual([['ods_rejected', 3, { topic: 'raw.a', kind: 'too_large' }]]);
    expect(tell()).toEqual([]);
  });

  it('is not told again when a rebuild has counted it again', () => {
    const counters = { in: 7 };
    const { skip, tell } = telling(counters);
    skip();
    counters.in = 9;
    expect(tell()).toEqual([['ods_in', 2, { topic: 'raw.a' }]]);
  });

  it('never falls: what is taken back and counted again is one', () => {
    const counters = { repeated: 3 };
    const { tell } = telling(counters);
    tell();
    counters.repeated = 2;
    expect(tell()).toEqual([]);
    counters.repeated = 4;
    expect(tell()).toEqual([['ods_repeated', 1, { topic: 'raw.a' }]]);
  });
});
