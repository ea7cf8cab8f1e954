export * from './cell-options';
export * from './cells-of-emissions';
export * from './cells-of-facts';
