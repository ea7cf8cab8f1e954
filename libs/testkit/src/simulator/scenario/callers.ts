import { calendar } from '../../oracle/calendar';
import type { OracleEvent } from '../../oracle';
import type { Outside } from '../outside';
import type { Api, Reply } from '../process/api';
import type { Fleet } from '../process/fleet';
import { answerObjections, type Asked } from '../truth/answers';
import type { MetricsAnswer } from '@millrace/layer-app';
import { TOPICS } from '@millrace/ads';

/** After so long without an answer a caller asks again; after so many times it gives its event to the log itself. */
const PATIENCE_MS = 45_000;
const MAX_TRIES = 8;
const DAY_MS = 86_400_000;

const QUESTIONS: readonly { readonly groupBy: string; readonly filter: Asked['filter'] }[] = [
  { groupBy: '', filter: null },
  { groupBy: 'merchant_id', filter: null },
  { groupBy: 'merchant_id', filter: { field: 'merchant_id', id: 'm1' } },
  { groupBy: 'item_id', filter: null },
  { groupBy: 'ad_id', filter: null },
];

/** Those who use the API: they send events until they are acknowledged, and ask for numbers. */
export class Callers {
  constructor(
    private readonly outside: Outside,
    private readonly fleet: Fleet,
    /** Takes an event that the API would not take. */
    private readonly otherwise: (event: OracleEvent) => void,
  ) {}

  /** Sends an event, again and again until somebody says it is kept. */
  send(event: OracleEvent, wire: object, tries = 1): void {
    const { world } = this.outside;
    if (tries > MAX_TRIES) return this.otherwise(event);
    const again = (): void => this.send(event, wire, tries + 1);
    this.#call(
      (api) => api.post([wire]),
      ({ status, body }) => {
        const [result] = (body as { readonly results?: readonly { readonly status: string }[] }).results ?? [];
        if (status === 202 && result?.status === 'accepted') this.#acknowledged(event);
        else {
          if (status === 500) this.outside.object(`the API: ${JSON.stringify(body)}`);
          world.after(world.random.between(1_000, PATIENCE_MS), null, `${event.event_id} is sent again`, again);
        }
      },
      again,
    );
  }

  /** Asks a question now and then. */
  begin(): void {
    const { world, scenario } = this.outside;
    const next = (): void => {
      this.#askSomething();
      if (!world.faults.healed)
        world.after(world.random.between(scenario.pace.poll_ms, scenario.pace.poll_ms * 6), null, 'somebody asks', next);
    };
    world.after(scenario.pace.poll_ms * 4, null, 'somebody asks', next);
  }

  #askSomething(): void {
    const { world, scenario } = this.outside;
    const { random } = world;
    const day = calendar(scenario.rules.zone);
    const first_ms = random.chance(5_000)
      ? world.now_ms - random.below(3) * DAY_MS
      : scenario.start_ms + random.below(scenario.span_ms);
    const { groupBy, filter } = random.pick(QUESTIONS);
    const asked: Asked = { from: day(first_ms), to: day(first_ms + random.between(1, 6) * DAY_MS), filter };
    if (asked.from >= asked.to) return;
    const query = new URLSearchParams({ from: asked.from, to: asked.to, window: 'day' });
    if (groupBy !== '') query.set('groupBy', groupBy);
    if (filter !== null) query.set('filter', `${filter.field}:${filter.id}`);
    this.#call(
      (api) => api.get(`/v1/metrics?${query.toString()}`),
      ({ status, body }) => {
        if (status === 200) {
          this.outside.answers++;
          for (const objection of answerObjections(this.outside, asked, body as MetricsAnswer)) this.outside.object(objection);
        } else if (status !== 503)
          this.outside.object(`the API answers ${query.toString()} with ${status}: ${JSON.stringify(body)}`);
      },
      () => undefined,
    );
  }

  #call(request: (api: Api) => Promise<Reply>, onReply: (reply: Reply) => void, onSilence: () => void): void {
    const { world } = this.outside;
    const apis = [...this.fleet.apis].filter(([life]) => life.state !== 'dead');
    let over = false;
    world.after(PATIENCE_MS, null, 'a caller is tired of waiting', () => {
      if (!over) onSilence();
      over = true;
    });
    if (apis.length === 0) return;
    const [life, api] = world.random.pick(apis);
    world.after(world.latency_ms(), life, `${life.name} is called`, () => {
      request(api).then(
        (reply) => {
          if (over || life.state === 'dead') return;
          over = true;
          onReply(reply);
        },
        (error: unknown) => this.outside.object(`${life.name}: ${String(error)}`),
      );
    });
  }

  /** "An acknowledged HTTP event is never lost": what is acknowledged is in the log, at that moment. */
  #acknowledged(event: OracleEvent): void {
    const { brokers } = this.outside;
    const isThere = brokers.all(TOPICS.http).some((of) =>
      brokers.records(of, 0, Infinity).some(({ value }) => {
        const { type, source, event_id, user_id } = JSON.parse(
          new TextDecoder().decode(value ?? new Uint8Array()),
        ) as OracleEvent;
        return type === event.type && source === event.source && event_id === event.event_id && user_id === event.user_id;
      }),
    );
    this.outside.acknowledged++;
    if (!isThere) this.outside.object(`${event.source}/${event.event_id} was acknowledged, and is not in the log`);
  }
}
