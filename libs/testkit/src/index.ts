export * from './oracle';
export * from './data';
export * from './tmall';
