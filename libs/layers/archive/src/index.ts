export { createArchive, type ArchiveLayer } from './layer';
