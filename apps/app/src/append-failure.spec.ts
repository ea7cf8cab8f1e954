import { AppendFailedError } from '@millrace/adapters/kafka';
import { AppendFailure } from './append-failure';

test('a partition that the log has given up ends the process; what a sender can repeat does not', async () => {
  const failure = new AppendFailure();
  const given_up = new AppendFailedError({ topic: 'raw.http', partition: 1 }, { cause: new Error('ECONNREFUSED') });
  failure.tell(new Error('too large'));
  failure.tell(given_up);
  await expect(failure.lasting).rejects.toBe(given_up);
});
