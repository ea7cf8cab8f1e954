export * from './facts';
export * from './metrics';
export * from './rules';
export * from './topics';
