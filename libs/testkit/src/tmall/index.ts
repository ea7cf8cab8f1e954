export { tmallEvents } from './events';
export type { ExpectedCell, ExpectedConversion } from './expected';
export { expectedByDay, expectedByDayAndMerchant, expectedConversions } from './expected';
