export { noCounts, type OdsCounts, sumCounts } from './counts';
export type * from './declaration/declaration';
export { parseSourceDeclaration, type ParsedDeclaration } from './declaration/parse';
export { SOURCE_SCHEMA } from './declaration/schema';
export { RecordSplitter, type RecordSplitterOptions, splitterOf, type SplitRecord } from './format/record-splitter';
export { createOds, type OdsLayer, type OdsOptions, topicsOf } from './layer';
export type { Normalizer } from './normalizer';
export type { Rejected } from './rejected';
