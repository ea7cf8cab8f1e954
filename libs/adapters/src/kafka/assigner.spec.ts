import kafkajs, { type Cluster } from 'kafkajs';
import { assigner, type Candidate, share } from './assigner';

const partitionsOf = (topic: string): number[] => (topic === 'a' ? [0, 1, 2, 3] : [0, 1]);
const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  topics: ['a'],
  started_ms: 0,
  pins: null,
  ...more,
});

describe('what the members of a group are given', () => {
  it('is every partition once, evenly', () => {
    const shares = share([candidate('x'), candidate('y', { topics: ['a', 'b'] })], partitionsOf);
    expect([...shares.values()].flatMap(({ a = [] }) => a).sort()).toEqual([0, 1, 2, 3]);
    expect([...shares.values()].map(({ a = [] }) => a.length)).toEqual([2, 2]);
    // Nobody is given a topic that it does not read.
    expect(shares.get('x')?.['b']).toBeUndefined();
    expect(shares.get('y')?.['b']).toEqual([0, 1]);
  });

  it('is what they pin; the newest has it, and the older one nothing', () => {
    const pins = { a: [1, 3] };
    const shares = share([candidate('young', { pins, started_ms: 2 }), candidate('old', { pins, started_ms: 1 })], partitionsOf);
    expect(shares.get('young')).toEqual({ a: [1, 3] });
    expect(shares.get('old')).toEqual({});
  });

  it('does not depend on the order in which the coordinator names them', () => {
    const both = [candidate('x', { started_ms: 1 }), candidate('y', { started_ms: 1 })];
    expect(share(both, partitionsOf).get('x')).toEqual(share([...both].reverse(), partitionsOf).get('x'));
  });
});

describe('the assigner', () => {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  const make = (findTopicPartitionMetadata: (topic: string) => unknown) =>
    assigner(
      { group: 'g', topics: ['a'], onAssigned: () => undefined },
      7,
      () => 4,
    )({
      cluster: { findTopicPartitionMetadata } as unknown as Cluster,
      groupId: 'g',
      logger: {} as never,
    });
  const four = () => [0, 1, 2, 3].map((partitionId) => ({ partitionId }));

  it.each([
    ['a member that says nothing', Buffer.alloc(0)],
    ['a member of another make', MemberMetadata.encode({ version: 1, topics: ['a'], userData: Buffer.from('other') })],
  ])('never throws, which would hang the group: %s is given nothing', async (_, memberMetadata) => {
    const subject = make(four);
    const mine = subject.protocol({ topics: ['a'] }).metadata;
    const given = await subject.assign({
      members: [
        { memberId: 'odd', memberMetadata },
        { memberId: 'me', memberMetadata: mine },
      ],
      topics: ['a'],
    });
    expect(
      given.map(({ memberId, memberAssignment }) => [memberId, MemberAssignment.decode(memberAssignment)?.assignment]),
    ).toEqual([
      ['odd', {}],
      ['me', { a: [0, 1, 2, 3] }],
    ]);
  });

  it('never throws for a topic that is not there', async () => {
    const subject = make(() => {
      throw new Error('Topic metadata not loaded');
    });
    const members = [{ memberId: 'me', memberMetadata: subject.protocol({ topics: ['a'] }).metadata }];
    const [given] = await subject.assign({ members, topics: ['a'] });
    expect(MemberAssignment.decode(given!.memberAssignment)?.assignment).toEqual({});
  });
});
