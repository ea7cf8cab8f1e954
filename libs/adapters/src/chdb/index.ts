export { openChdbStore } from './store';
