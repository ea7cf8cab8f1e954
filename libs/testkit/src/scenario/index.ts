export { invalidationOf, made, punctual } from './made';
export { standing } from './standing';
