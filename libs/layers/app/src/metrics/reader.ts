import {
  columnsAt,
  METRICS,
  metricsQuery,
  progressBesideQuery,
  RuleBook,
  zoneOf,
  type Rules,
  type Statement,
  type Zone,
} from '@millrace/ads';
import type { Clock, OlapStore } from '@millrace/stream';
import type { Limits } from '../limits';
import { Refusal } from '../problem/refusal';
import { readAtOnePosition, type PositionedRows } from '../store';
import { answerOf, type MetricsAnswer } from './answer';
import { answerable, type Answerable } from './answerable';
import { daysBetween } from './days';
import { OpenDaysReader, type OpenDaysStore } from './open-days';
import { ordered } from './order';
import type { Question } from './question';
import type { StoredRow } from './value';

export interface ReaderDependencies {
  readonly olap: OlapStore;
  /** Undefined: open days are read like all others. */
  readonly openDays: OpenDaysStore | undefined;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly limits: Limits;
}

/** How answers call the store of everything. */
const SUMMARIES = 'clickhouse';
/** An emission's rows are followed by its progress within one or two of these. */
const PAUSE_MS = 50;

/** Questions in, answers out: each from one store, at one position. */
export class MetricsReader {
  readonly zone: Zone;
  readonly book: RuleBook;
  readonly #openDays: OpenDaysReader | null;

  constructor(private readonly given: ReaderDependencies) {
    const { rules, openDays, clock } = given;
    this.zone = zoneOf(rules.zone);
    this.book = new RuleBook(rules);
    this.#openDays = openDays === undefined ? null : new OpenDaysReader(openDays, clock, this.zone);
  }

  /** Throws a refusal for a question without an answer. `question` is what was answered, less what had to be left out. */
  async read(asked: Question): Promise<{ readonly question: Question; readonly answer: MetricsAnswer }> {
    const { clock, limits } = this.given;
    const businessDays = daysBetween(asked.request.from_ms, asked.request.to_ms, this.zone);
    const understood = answerable(asked, this.zone, businessDays, limits);
    const { question } = understood;
    const { read, store, notes } = await this.#rowsOf(understood, businessDays);
    refuseTooManyRows(question, read.rows.length, limits);
    const answer = answerOf({ question, notes }, withTotal(read, question), {
      book: this.book,
      businessZone: this.zone,
      businessDays,
      now_ms: clock.now_ms(),
      store,
    });
    return { question, answer };
  }

  async #rowsOf(
    { question, notes }: Answerable,
    businessDays: readonly number[],
  ): Promise<{ read: PositionedRows<StoredRow>; store: string; notes: readonly string[] }> {
    const { olap, limits, clock } = this.given;
    const atMost = (question.limit ?? limits.rows) + 1;
    const open = (await this.#openDays?.read(question, businessDays, atMost)) ?? 'elsewhere';
    if (typeof open === 'object') return { read: open, store: this.#openDays?.name ?? SUMMARIES, notes };
    return {
      read: await readAtOnePosition<StoredRow>(olap, {
        rows: this.#statementFor(question, atMost),
        progress: progressBesideQuery(question.request, { zone: this.zone }),
        pause: () => clock.sleep(PAUSE_MS),
      }),
      store: SUMMARIES,
      notes:
        open === 'away' ? [...notes, `The store of open days (${this.#openDays?.name}) is away: read from ${SUMMARIES}.`] : notes,
    };
  }

  /** One row more than is shown tells whether there are more. */
  #statementFor({ request, order, keys }: Question, atMost: number): Statement {
    const definitions = { zone: this.zone };
    return order
      ? ordered(metricsQuery(request, definitions), order, keys, atMost)
      : metricsQuery({ ...request, limit: atMost }, definitions);
  }
}

/** A total over everything exists even where there is nothing: it is 0. */
const withTotal = (read: PositionedRows<StoredRow>, { request, grain, keys }: Question): PositionedRows<StoredRow> => {
  if (request.window !== 'total' || keys.length > 0 || read.rows.length > 0) return read;
  const columns = columnsAt(
    grain,
    METRICS.filter(({ name }) => request.metrics.includes(name)),
  );
  return { ...read, rows: [{ window_start: request.from_ms, ...Object.fromEntries(columns.map(({ name }) => [name, 0])) }] };
};

/** A cut answer that was not asked for looks like a whole one. */
const refuseTooManyRows = ({ limit }: Question, count: number, { rows }: Limits): void => {
  if (limit !== null || count <= rows) return;
  throw new Refusal(
    'unanswerable',
    `The answer has more than ${rows} rows. Narrow the range or the filter, take a longer window, or ask for the first rows with limit and order.`,
    {
      extensions: { reason: 'too_many_rows' },
    },
  );
};
