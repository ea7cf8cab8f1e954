export * from './oracle';
export * from './data';
export * from './tmall';
export { logContract, type LogSubject } from './contracts/log';
export { olapContract } from './contracts/olap';
export { servingContract, type ServingSubject } from './contracts/serving';
