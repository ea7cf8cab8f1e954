import type { Random } from './random';

export interface User {
  readonly user_id: string;
  readonly city: string;
  readonly platform: string;
  /** Looks and clicks, but never converts: whatever of theirs is late, no credit depends on it. */
  readonly onlooker: boolean;
}

const CITIES = ['beijing', 'shanghai', 'guangzhou', 'shenzhen', 'hangzhou', 'chengdu', 'wuhan', 'nanjing', 'xiamen', 'harbin'];
const PLATFORMS = ['android', 'ios', 'web', 'mini'];
/** Takes the peak off Zipf's law, so that the busiest user is still human. */
const SHIFT = 200;

/** Who visits next: activity falls with rank by Zipf's law. What a user is follows from the rank, so nobody is stored. */
export function visitor(random: Random, users: number): User {
  const rank = random.skewed(SHIFT, SHIFT + users) - SHIFT;
  // Ranks in an order that does not show in the ids.
  const scattered = Math.imul(rank, 0x9e3779b1) >>> 0;
  return {
    user_id: `u${scattered.toString(36)}`,
    city: CITIES[scattered % CITIES.length] ?? '',
    platform: PLATFORMS[(scattered >>> 8) % PLATFORMS.length] ?? '',
    onlooker: rank % 4 === 3,
  };
}
