export * from './facts';
export * from './metrics';
export * from './rules';
export * from './topics';
export * from './attribution';
export * from './tables';
