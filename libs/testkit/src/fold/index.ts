export * from './cells-of-facts';
