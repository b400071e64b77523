// Small helpers of Node's http: reading a body, answering JSON, comparing secrets.
import { createHash, timingSafeEqual } from 'node:crypto';
import { IncomingMessage } from 'node:http';

const LARGEST_BODY_BYTES = 64 * 1024;

/** A request that cannot be served; `body` is the JSON to answer with. */
export class Refused extends Error {
  constructor(status, body) {
    super(`refused with ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** Answers with JSON that nobody may keep. */
export function answer(res, status, body, headers = {}) {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers });
  res.end(JSON.stringify(body));
}

/** Answers with a page; it may be framed by nobody and may load nothing. */
export function answerPage(res, status, html) {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    // No form-action here: Chromium applies it to the redirects that follow the form too, up to the application.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  });
  res.end(html);
}

/** The body as text. Throws Refused (413) when it is larger than anything a client has to say here. */
export async function readBody(req) {
  const chunks = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    // Read to the end all the same: to stop would close the connection, and the answer would not arrive.
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk);
  }
  if (size > LARGEST_BODY_BYTES) throw new Refused(413, { error: 'invalid_request', error_description: 'The body is too large.' });
  return Buffer.concat(chunks).toString('utf8');
}

/** The same request with another body: what a handler reads that parses bodies itself. */
export function withBody(req, text) {
  const body = Buffer.from(text);
  const copy = new IncomingMessage(req.socket);
  copy.method = req.method;
  copy.url = req.url;
  copy.httpVersion = req.httpVersion;
  copy.headers = { ...req.headers, 'content-length': String(body.length) };
  delete copy.headers['transfer-encoding'];
  copy.push(body);
  copy.push(null);
  copy.complete = true; // else the end of this body is taken for a client that went away, and its socket is closed
  return copy;
}

/** Whether the two are equal, in a time that tells nothing of where they differ. */
export function sameSecret(given, expected) {
  const digest = (value) => createHash('sha256').update(String(value ?? '')).digest();
  return Boolean(given) && timingSafeEqual(digest(given), digest(expected));
}
