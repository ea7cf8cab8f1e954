import { list, text } from '@millrace/boot';
import { makeKey, parseKeys } from '@millrace/layer-app';
import { command } from '../command';

const OPTIONS = {
  'key.name': text({ description: 'what logs call the key' }),
  'key.rights': list({
    description: 'what it may do',
    expected: 'of write, read and operate, separated by commas',
    default: ['read'],
  }),
  'key.merchants': list({ description: 'for whom', expected: 'all, or ids of merchants, separated by commas' }),
};

export const makeApiKey = command({
  name: 'npm run admin -- keys make',
  description: 'Makes a key for the API, and the entry that the file of keys needs. The key is shown once and kept nowhere.',
  options: OPTIONS,
  async run(settings, { say }) {
    const { key, hash } = makeKey();
    const merchants = settings['key.merchants'];
    const entry = {
      name: settings['key.name'],
      hash,
      rights: settings['key.rights'],
      merchants: merchants.length === 1 && merchants[0] === 'all' ? 'all' : merchants,
    };
    const { problems } = parseKeys({ keys: [entry] });
    if (problems.length > 0) {
      for (const problem of problems) say(problem.replace(/^keys\[0\]\./, 'key.'));
      return 2;
    }
    say(JSON.stringify({ key, entry }, null, 1));
    return 0;
  },
});
