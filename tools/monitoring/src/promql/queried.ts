import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** What a query asks for. */
export interface Queried {
  /** Each selector: the metric, and the labels it is chosen by. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels of `by`, `on` and the like, with the metrics below them. */
  readonly groupings: readonly { readonly labels: readonly string[]; readonly metrics: readonly string[] }[];
}

/** Throws a SyntaxError that names the place. */
export const queriedBy = (expr: string): Queried => {
  const tree = parser.parse(expr);
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }): string => expr.slice(from, to);
  const selectors: { metric: string; labels: string[] }[] = [];
  const groupings: { labels: string[]; metrics: string[] }[] = [];
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) throw new SyntaxError(`not PromQL at ${node.from}: ${expr}`);
      if (type.name === 'VectorSelector') selectors.push({ metric: metricOf(node, textOf), labels: labelsIn(node, textOf) });
      // One level above stands what is grouped: an aggregation, or an operation of two sides.
      if (type.name === 'GroupingLabels')
        groupings.push({ labels: labelsIn(node, textOf), metrics: metricsBelow(operationAround(node), textOf) });
    },
  });
  return { selectors, groupings };
};

type TextOf = (node: SyntaxNode) => string;

const metricOf = (selector: SyntaxNode, textOf: TextOf): string => {
  const name = selector.getChild('Identifier');
  if (name === null) throw new SyntaxError(`a selector must name its metric: ${textOf(selector)}`);
  return textOf(name);
};

const operationAround = (node: SyntaxNode): SyntaxNode => {
  for (let at = node.parent; at !== null; at = at.parent) if (at.name === 'AggregateExpr' || at.name === 'BinaryExpr') return at;
  throw new SyntaxError('labels that group nothing');
};

const labelsIn = (node: SyntaxNode, textOf: TextOf): string[] => found(node, 'LabelName', textOf);

const metricsBelow = (node: SyntaxNode, textOf: TextOf): string[] => {
  const metrics: string[] = [];
  node.cursor().iterate(({ name, node: at }) => void (name === 'VectorSelector' && metrics.push(metricOf(at, textOf))));
  return metrics;
};

const found = (node: SyntaxNode, wanted: string, textOf: TextOf): string[] => {
  const texts: string[] = [];
  node.cursor().iterate(({ name, node: at }) => void (name === wanted && texts.push(textOf(at))));
  return texts;
};
