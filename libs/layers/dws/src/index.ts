export { createDws, type DwsLayer, type DwsOptions } from './layer';
