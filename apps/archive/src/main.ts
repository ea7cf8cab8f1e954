import { serveProcess } from '@millrace/boot';
import { archive } from './program';

serveProcess(archive);
