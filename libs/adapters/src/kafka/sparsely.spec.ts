import { sparsely } from './sparsely';

it('what a client repeats is said once a minute, whatever the numbers in it', () => {
  let now_ms = 0;
  const said: string[] = [];
  const say = sparsely(
    (message) => said.push(message),
    60_000,
    () => now_ms,
  );
  for (let attempt = 0; attempt < 1_000; attempt++) {
    say(`attempt ${attempt} refused`);
    say('connection closed');
    now_ms += 100;
  }
  expect(said).toEqual(['attempt 0 refused', 'connection closed', 'attempt 600 refused', 'connection closed']);
});
