import { conversionQuery, type ConversionRow, type Rules } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { listOf } from '../access/narrow';
import { instantWriter } from '../instant';
import { Refusal } from '../problem/refusal';
import { query } from '../store';
import { conversionsAnswer } from './answer';
import { conversionsResponses } from './documentation';
import { foldConversions } from './fold';

export interface ConversionsDependencies {
  readonly olap: OlapStore;
  readonly rules: Rules;
}

export const conversionsRoute = (app: FastifyInstance, { olap, rules }: ConversionsDependencies): void => {
  app.get<{ Params: { id: string } }>(
    '/v1/conversions/:id',
    {
      config: { right: 'read' },
      schema: {
        operationId: 'getConversions',
        summary: 'Who got the credit, and why it changed',
        description:
          'By order id, or by the id of any of its events, or of a message: the credit that stands and every version of it. Ids are those of the senders, so several conversions may share one.',
        tags: ['conversions'],
        params: Type.Object({ id: Type.String({ description: 'order_id or event_id.', examples: ['order-1'] }) }),
        response: conversionsResponses,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const rows = await query<ConversionRow>(olap, conversionQuery(id, listOf(request.asker.merchants)));
      if (rows.length === 0) {
        throw new Refusal(
          'unknown-conversion',
          `Nothing credited has the order_id or event_id "${id}". It may still be on its way; exposures and clicks are no conversions.`,
        );
      }
      return reply.send(conversionsAnswer(id, foldConversions(rows), instantWriter(rules.zone)));
    },
  );
};
