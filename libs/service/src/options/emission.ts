import { duration } from './duration';

export const EMISSION_OPTIONS = {
  'emission.interval': duration({
    description: 'how often changed numbers are written to the stores',
    default: '10s',
    least_ms: 100,
  }),
};
