// TLS in front of a server on this machine that speaks plain http. Arguments: port, certificate, key, the server's origin.
import { readFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { createServer } from 'node:https';

const [port, certificate, key, origin] = process.argv.slice(2);
const { hostname, port: behind } = new URL(origin);
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const { method, url: path, headers } = request;
  const told = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': headers.host };
  const onward = ask({ hostname, port: behind, method, path, headers: told }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end());
  request.pipe(onward);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
