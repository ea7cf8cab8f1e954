export * from './statement';
export * from './request';
export * from './refusal';
export * from './query';
export * from './progress-query';
export * from './detail-query';
