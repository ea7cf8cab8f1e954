export * from './order-of-events';
export * from './eligibility';
export * from './models';
