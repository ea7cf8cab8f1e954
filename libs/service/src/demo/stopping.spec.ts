import { Stopped, unlessStopped } from './stopping';

const never = new Promise<never>(() => undefined);

test('work that ends is its own answer', async () => {
  const { signal } = new AbortController();
  await expect(unlessStopped(signal, Promise.resolve(1))).resolves.toBe(1);
  await expect(unlessStopped(signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('a stop ends the waiting, whenever it comes', async () => {
  const stopping = new AbortController();
  const waiting = unlessStopped(stopping.signal, never);
  stopping.abort();
  await expect(waiting).rejects.toThrow(Stopped);
  await expect(unlessStopped(stopping.signal, never)).rejects.toThrow(Stopped);
});
