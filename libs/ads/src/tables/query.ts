import type { Definitions, MetricsRequest } from './request';
import type { Statement } from './statement';

/**
 * The statement that answers a request: sums over segments and partitions of the newest version of every row. Ordered
 * by window, then keys. The request must not be refused (`refusalOf`).
 */
export const metricsQuery = (request: MetricsRequest, definitions: Definitions): Statement => {
  throw new Error(`not yet: ${request.grain} in ${definitions.zone}`);
};
