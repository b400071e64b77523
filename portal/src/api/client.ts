// The typed client of one stamp's API. Types come from docs/openapi.json; nothing about a route is written here.
//
//     const list = await ask(api().GET('/connections', { params: { query: { limit: 500 } }, signal }));
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { asProblem, Problem, problemOf } from './problem';
import type { components, paths } from './schema';

/** A body of the API by its name in docs/openapi.json: `Schema<'ConnectionShown'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
export type Api = Client<paths>;

/** Longer than the slowest call that is no operation: the check of a FHIR server that does not answer. */
const TIMEOUT_MS = 30_000;

export interface Bearer {
  /** An access token; `fresh` past the cache, because the API refused the last one. */
  token(fresh: boolean): Promise<string>;
  /** The sign-in is over for good. */
  ended(): void;
}

/** A client for the API at `base` (without `/api`). */
export function makeApi(base: string, bearer: Bearer): Api {
  const send = async (request: Request): Promise<Response> => {
    const limited = (original: Request) =>
      new Request(original, { signal: AbortSignal.any([original.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
    const again = request.clone();
    const answer = await fetch(limited(request));
    if (answer.status !== 401) return answer;
    // The key may have turned, or the clock: once with a new token, then it is over.
    again.headers.set('Authorization', `Bearer ${await bearer.token(true)}`);
    const second = await fetch(limited(again));
    if (second.status === 401) bearer.ended();
    return second;
  };
  const client = createClient<paths>({ baseUrl: `${base}/api`, fetch: send });
  const authorize: Middleware = {
    async onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${await bearer.token(false)}`);
      return request;
    },
  };
  client.use(authorize);
  return client;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the API answered with. Throws Problem for everything else; an abort is passed on as it is. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    throw asProblem(thrown instanceof SyntaxError ? new Problem({ code: 'answer.unexpected' }) : thrown);
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error);
  return answer.data as T;
}
