import { LAST_TOUCH, type ConversionRow } from '@millrace/ads';

/** One event of a conversion: every signed row about it, in the order in which they were decided. */
export interface ConversionEvent {
  readonly rows: readonly ConversionRow[];
  /** The row that stands now for the winner's model; undefined when the event was taken back. */
  readonly standing: ConversionRow | undefined;
  /** What stands for the models that share credit. */
  readonly shares: readonly ConversionRow[];
}

/** What is credited as one (R1): an order line with all its events, or a message. */
export interface Conversion {
  readonly first: ConversionRow;
  readonly events: readonly ConversionEvent[];
}

/** Signed rows, in order, folded to what stands: a take-back removes the row that it takes back. */
export const foldConversions = (rows: readonly ConversionRow[]): readonly Conversion[] =>
  grouped(rows, lineOf).map((line) => ({
    first: line[0],
    events: grouped(line, eventOf)
      .sort((a, b) => a[0].event_time - b[0].event_time)
      .map((event) => {
        const standing = event.reduce(apply, []);
        return {
          rows: event,
          standing: standing.find(({ model }) => model === LAST_TOUCH),
          shares: standing.filter(({ model }) => model !== LAST_TOUCH),
        };
      }),
  }));

const apply = (standing: readonly ConversionRow[], row: ConversionRow): readonly ConversionRow[] => {
  if (row.sign === 1) return [...standing, row];
  const taken = standing.findIndex((each) => creditOf(each) === creditOf(row));
  return standing.filter((_, index) => index !== taken);
};

/** Ids may contain anything, so parts are joined in a way that keeps them apart. */
const key = (...parts: readonly (string | number)[]): string => JSON.stringify(parts);

const lineOf = ({ user_id, order_id, merchant_id, item_id, kind, source, event_id }: ConversionRow): string =>
  order_id === '' ? key(user_id, kind, source, event_id) : key(user_id, order_id, merchant_id, item_id);
const eventOf = ({ kind, source, event_id }: ConversionRow): string => key(kind, source, event_id);
/** A take-back carries the version and the click of what it takes back. */
const creditOf = ({ model, version, click_source, click_id }: ConversionRow): string =>
  key(model, version, click_source, click_id);

type NonEmpty<Item> = [Item, ...Item[]];

const grouped = <Item>(items: readonly Item[], keyOf: (item: Item) => string): NonEmpty<Item>[] => {
  const groups = new Map<string, NonEmpty<Item>>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
};
