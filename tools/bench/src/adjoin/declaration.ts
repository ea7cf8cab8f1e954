import { parseSourceDeclaration } from '@millrace/layer-ods';
import declared from './source.json';

/** How the peers' events are read: their orders have no `order_id`, and each is a line of its own. */
export const adjoinSource = () => {
  const { declaration, problems } = parseSourceDeclaration(declared);
  if (declaration === null) throw new Error(problems.join('\n'));
  return declaration;
};
