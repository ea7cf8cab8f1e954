import { conversionQuery, type ConversionRow, type Rules } from '@millrace/ads';
import type { Log, OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { listOf } from '../access/narrow';
import { sendCacheable } from '../cached';
import { instantWriter } from '../instant';
import { refuseParameters, type Query } from '../problem/query-reader';
import { Refusal } from '../problem/refusal';
import { query } from '../store';
import { conversionsAnswer } from './answer';
import { readArchived } from './archived';
import { conversionsResponses } from './documentation';
import { foldConversions } from './fold';

export interface ConversionsDependencies {
  readonly olap: OlapStore;
  readonly log: Log;
  readonly rules: Rules;
}

export const conversionsRoute = (app: FastifyInstance, { olap, log, rules }: ConversionsDependencies): void => {
  app.get<{ Params: { id: string }; Querystring: Query }>(
    '/v1/conversions/:id',
    {
      config: { right: 'read' },
      schema: {
        operationId: 'getConversions',
        summary: 'Who got the credit, and why it changed',
        description:
          'By order id, or by the id of any of its events, or of a message: the credit that stands and every version of it. Ids are those of the senders, so several conversions may share one.',
        tags: ['conversions'],
        params: Type.Object({
          id: Type.String({ minLength: 1, maxLength: 2_048, description: 'order_id or event_id.', examples: ['order-1'] }),
        }),
        response: conversionsResponses,
      },
    },
    async (request, reply) => {
      refuseParameters(request.query);
      const { id } = request.params;
      const at = await readArchived(log, olap);
      const rows = await query<ConversionRow>(olap, conversionQuery(id, listOf(request.asker.merchants)));
      if (rows.length === 0) {
        throw new Refusal(
          'unknown-conversion',
          `Nothing credited has the order_id or event_id "${id}". It may still be on its way; exposures and clicks are no conversions.`,
        );
      }
      const body = JSON.stringify(conversionsAnswer(id, at, foldConversions(rows), instantWriter(rules.zone)));
      return sendCacheable(request, reply, {
        type: 'application/json; charset=utf-8',
        body,
        validator: body,
        max_age_s: 0,
        asOf: at.watermark_ms === null ? 'unknown' : instantWriter(rules.zone)(at.watermark_ms),
      });
    },
  );
};
