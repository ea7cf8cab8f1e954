import { rmSync } from 'node:fs';
import { stopServers } from '../beside/servers';
import { killerNamespace } from './kill';
import type { Step } from './step';

const GONE_WITHIN_MS = 240_000;

export const clean: Step = {
  name: 'clean',
  says: 'uninstalls, deletes the namespaces, ends the servers, removes their data',
  limit_ms: 900_000,
  needs: { stores: false },
  last: true,
  async run(trial) {
    const { kube, helm, options } = trial;
    await trial.close();
    await helm.uninstall(GONE_WITHIN_MS);
    await killerNamespace(kube.namespace).deleteNamespace();
    await kube.deleteNamespace();
    const ended = await stopServers(options.directory);
    rmSync(options.directory, { recursive: true, force: true });
    return [`release and namespaces are gone; ${ended} servers ended`];
  },
};
