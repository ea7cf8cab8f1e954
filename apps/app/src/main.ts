import { serveProcess } from '@millrace/boot';
import { app } from './program';

serveProcess(app);
