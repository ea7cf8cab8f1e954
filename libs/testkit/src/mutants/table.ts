/** One seeded bug: exact text of one or more sources, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
}

export interface Patch {
  /** From the workspace's root. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

const DWD = 'libs/layers/dwd/src';
const ATTRIBUTION = `${DWD}/clicks/attribution.ts`;
const CLICK_FLOW = `${DWD}/clicks/click-flow.ts`;
const CLICK_USERS = `${DWD}/clicks/click-users.ts`;
const SEGMENTED = `${DWD}/clicks/segmented-clicks.ts`;
const FACT_WRITER = `${DWD}/conversions/fact-writer.ts`;
const ELIGIBILITY = 'libs/ads/src/attribution/eligibility.ts';

const forget = (instead: string): Patch => ({
  file: `${DWD}/actions.ts`,
  text: 'this.store.forget(watermark_ms - this.policy.reach_ms - this.policy.longest.invalidation_ms);',
  instead,
});

/** The mistakes that are easily made here (issue 4); each must turn a proof red. */
export const MUTANTS: readonly Mutant[] = [
  {
    // The watermark lags B behind the newest event: taken off that one, a click has W to live, and not W + B.
    name: 'click life W instead of W + B',
    patches: [forget('this.store.forget(watermark_ms + this.policy.rules.lateness_ms - this.policy.reach_ms);')],
  },
  { name: 'click life W without I', patches: [forget('this.store.forget(watermark_ms - this.policy.reach_ms);')] },
  {
    name: 'ties by arrival',
    patches: [{ file: SEGMENTED, text: '|| this.compareIdentity(a, b);', instead: '|| a - b;' }],
  },
  {
    name: 'tie broken by arrival of source',
    patches: [
      {
        file: SEGMENTED,
        text: 'compareUtf8(this.sources.text(source), this.sources.text(other))',
        instead: 'source - other',
      },
    ],
  },
  {
    name: 'one click kept per (user, merchant)',
    patches: [
      {
        file: ATTRIBUTION,
        text: 'if (isEnough(click)) return;',
        instead: 'isEnough(click);\nreturn;',
      },
    ],
  },
  {
    name: 'conversion before click allowed',
    patches: [
      { file: ATTRIBUTION, text: 'clicks.countUpTo(user, conversion.time) - 1', instead: 'clicks.count(user) - 1' },
      { file: ELIGIBILITY, text: 'if (click.time > conversion.time) return null;', instead: '' },
    ],
  },
  { name: 'UTC days', patches: [{ file: `${DWD}/policy.ts`, text: 'zoneOf(rules.zone)', instead: "zoneOf('UTC')" }] },
  {
    name: '< for ≤ at W',
    patches: [{ file: ELIGIBILITY, text: 'click_time <= rules.window_ms', instead: 'click_time < rules.window_ms' }],
  },
  {
    name: 'double-counted take-back',
    patches: [
      { file: FACT_WRITER, text: 'for (const fact of before) this', instead: 'for (const fact of [...before, ...before]) this' },
    ],
  },
  {
    name: 'a user not counted down on invalidation',
    patches: [
      {
        file: CLICK_USERS,
        text: 'return this.change(user, index, click, -1);',
        instead: 'this.change(user, index, click, -1);\nreturn 0;',
      },
    ],
  },
  {
    name: 'payment attributed afresh',
    patches: [
      {
        file: `${DWD}/conversions/unit.ts`,
        text: "record.kind === 'message' ? record",
        instead: "record.kind === 'message' || record.kind === 'payment' ? record",
      },
    ],
  },
  {
    name: 'refund by payment day',
    patches: [
      {
        file: FACT_WRITER,
        text: 'event_time: record.time,',
        instead:
          "event_time: (record.kind === 'refund' && record.unit.records.find(({ kind }) => kind === 'payment')?.time) || record.time,",
      },
    ],
  },
  {
    name: 'only pointed-at conversions re-credited on invalidation',
    patches: [
      { file: CLICK_FLOW, text: 'this.reconsiderFollower(user, click, true, out);', instead: '' },
    ],
  },
  {
    name: 'UV booked by hour',
    patches: [
      {
        file: CLICK_USERS,
        text: 'const day = this.days.at(click.event_time);',
        instead:
          'const number = Math.floor(click.event_time / 3_600_000);\n' +
          'const day = { number, start_ms: number * 3_600_000, end_ms: (number + 1) * 3_600_000, whole: true };',
      },
    ],
  },
  {
    name: 'shares worked out again from the clicks that are left',
    patches: [
      {
        file: `${DWD}/conversions/conversion-flow.ts`,
        text: 'const credited = this.credit(creditor, out);',
        instead: 'const credited = this.credit(creditor, out); credited.candidates = this.candidatesOf(credited);',
      },
    ],
  },
  {
    name: 'a click that comes too late is not listed',
    patches: [
      {
        file: CLICK_FLOW,
        text: "if (!this.holds(click)) return this.doubt(click, 'state_gone', event, out);",
        instead: 'if (!this.holds(click)) return;',
      },
    ],
  },
];
