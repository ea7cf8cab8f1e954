import { secret, SystemClock } from '@millrace/boot';
import { duration, httpUrl } from '@millrace/service';
import { CheckFailedError, checkWarehouse } from '../check/check-warehouse';
import { command } from '../command';

const OPTIONS = {
  'check.url': httpUrl({ description: 'where the API is', example: 'http://app:8080', default: 'http://127.0.0.1:8080' }),
  'check.key': secret({ description: 'a key of the API that may read, and write for all merchants' }),
  'check.timeout': duration({ description: 'how long the credit may take to be seen', default: '2m', least_ms: 1_000 }),
};

export const check = command({
  name: 'npm run admin -- check',
  description: 'Sends a click and an order, reads that the click has the credit, and takes both back: the whole chain, once.',
  options: OPTIONS,
  async run(settings, { say }) {
    try {
      await checkWarehouse(
        { url: settings['check.url'], key: settings['check.key'], timeout_ms: settings['check.timeout'] },
        new SystemClock(),
        say,
      );
      return 0;
    } catch (error) {
      if (!(error instanceof CheckFailedError)) throw error;
      say(`failed    ${error.message}`);
      return 1;
    }
  },
});
