export type * from './operator';
export * from './frame';
export * from './ports';
