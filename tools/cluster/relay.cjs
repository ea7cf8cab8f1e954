// Runs in a pod of the cluster: HTTP requests come as lines of JSON on standard input, and their answers go out on standard output.
// So they take the way that everybody's take, through the Service, whatever lies between the cluster and whoever tests it.
const http = require('node:http');
const { createInterface } = require('node:readline');

const PATIENCE_MS = 60_000;
const kept = new http.Agent({ keepAlive: true, maxSockets: 4 });

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, url, method, headers, body, fresh } = JSON.parse(line);
  const answer = (what) => process.stdout.write(`${JSON.stringify({ id, ...what })}\n`);
  const request = http.request(url, { method, headers, agent: fresh ? false : kept, timeout: PATIENCE_MS }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part) => (text += part));
    response.on('error', (error) => answer({ error: String(error) }));
    response.on('end', () =>
      answer({ status: response.statusCode, retryAfter: response.headers['retry-after'] ?? null, body: text }),
    );
  });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
  request.on('error', (error) => answer({ error: error.code ?? String(error) }));
  request.end(body ?? undefined);
});
