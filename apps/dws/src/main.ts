import { serveProcess } from '@millrace/boot';
import { dws } from './program';

serveProcess(dws);
