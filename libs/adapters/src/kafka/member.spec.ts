import type { Kafka } from 'kafkajs';
import { EventEmitter } from 'node:events';
import { MembershipLostError } from './errors';
import { KafkaMember } from './member';

const SESSION_MS = 8_000;
/** A session, and what a rebalance may take on top of it. */
const SILENCE_MS = 3 * SESSION_MS;

/** A client that has joined its group, and says no more than it is told to. */
class QuietClient {
  readonly events = {
    GROUP_JOIN: 'join',
    CRASH: 'crash',
    HEARTBEAT: 'heartbeat',
    REBALANCING: 'rebalancing',
    FETCH_START: 'fetch',
    START_BATCH_PROCESS: 'batch',
  };
  readonly #heard = new EventEmitter();
  readonly on = this.#heard.on.bind(this.#heard);
  readonly connect = (): Promise<void> => Promise.resolve();
  readonly subscribe = (): Promise<void> => Promise.resolve();
  readonly disconnect = (): Promise<void> => Promise.resolve();
  readonly heartbeat = (): void => void this.#heard.emit(this.events.HEARTBEAT, { payload: {} });

  run(): Promise<void> {
    this.#heard.emit(this.events.GROUP_JOIN, { payload: { memberAssignment: {} } });
    return Promise.resolve();
  }
}

describe('a member whose heartbeats no longer go through', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is lost after a session and a rebalance, although the client says nothing', async () => {
    const client = new QuietClient();
    const onLost = jest.fn();
    const member = await KafkaMember.join(
      {
        kafka: { consumer: () => client } as unknown as Kafka,
        options: { brokers: [], client_id: 'spec', session_ms: SESSION_MS, onLost },
        group: 'millrace.dwd.0',
        boundsOf: () => Promise.resolve({ start: 0, end: 0 }),
        partitions: () => 1,
      },
      { group: 'dwd.0', topics: ['a'], onAssigned: () => undefined },
    );
    jest.advanceTimersByTime(SILENCE_MS);
    client.heartbeat();
    jest.advanceTimersByTime(SILENCE_MS);
    expect(onLost).not.toHaveBeenCalled();

    jest.advanceTimersByTime(1_000);
    expect(onLost).toHaveBeenCalledWith(expect.any(MembershipLostError));
    expect(onLost).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'member of group millrace.dwd.0: no heartbeat went through' }),
    );
    await member.leave();
  });
});
