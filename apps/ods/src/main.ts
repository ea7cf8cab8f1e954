import { serveProcess } from '@millrace/boot';
import { ods } from './program';

serveProcess(ods);
