import { serveProcess } from '@millrace/boot';
import { dwd } from './program';

serveProcess(dwd);
