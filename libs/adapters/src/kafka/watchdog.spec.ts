import { Watchdog } from './watchdog';

describe('the watchdog', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('barks once after a silence, and not while something is heard', () => {
    const bark = jest.fn();
    const watchdog = new Watchdog(5_000, bark);
    for (let second = 0; second < 20; second++) {
      jest.advanceTimersByTime(1_000);
      watchdog.heard();
    }
    expect(bark).not.toHaveBeenCalled();
    jest.advanceTimersByTime(60_000);
    expect(bark).toHaveBeenCalledTimes(1);
  });

  it('does not hold the sleep of a frozen process against it', () => {
    const bark = jest.fn();
    const watchdog = new Watchdog(5_000, bark);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(1_000);
    expect(bark).not.toHaveBeenCalled();
    watchdog.stop();
  });
});
