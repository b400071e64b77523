// What tests and other stand-ins may ask for and the real Entra would never give; guarded by a secret of the run.
import { readBody, Refused, sameSecret } from './http.mjs';

const refusal = (status, error) => new Refused(status, { error });

/** Answers POST /control/tokens and POST /control/sign, or throws Refused. `tokensOf` gives the claims of a person's tenant. */
export async function control(req, action, { secret, findPerson, tokensOf, keys }) {
  if (!sameSecret(req.headers['x-control-secret'], secret)) throw refusal(401, 'x-control-secret is missing or wrong');
  const asked = await readJson(req);
  if (action === 'sign') {
    if (!isObject(asked.claims)) throw refusal(400, 'claims must be an object');
    return { token: keys.sign(asked.claims, asked.headers ?? {}) };
  }
  return portalToken(asked, { findPerson, tokensOf, keys });
}

/** A portal token for a person. `claims` replace what the token would say; a null one is left out. */
function portalToken(asked, { findPerson, tokensOf, keys }) {
  const person = findPerson(asked.person);
  if (!person) throw refusal(404, 'person must be a key of PEOPLE or a username, with an account in a tenant');
  const seconds = asked.expires_in ?? 3600; // may be negative: a token that has expired
  if (!Number.isInteger(seconds)) throw refusal(400, 'expires_in must be a whole number of seconds');
  if (asked.claims !== undefined && !isObject(asked.claims)) throw refusal(400, 'claims must be an object');
  const claims = {
    ...tokensOf(person).person(person, { scope: asked.scope, audience: asked.audience, seconds }),
    ...asked.claims,
  };
  const told = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
  return { access_token: keys.sign(told), token_type: 'Bearer', expires_in: seconds, scope: told.scp };
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

async function readJson(req) {
  const text = await readBody(req);
  try {
    const value = JSON.parse(text || '{}');
    if (isObject(value)) return value;
  } catch {
    // told below, with the case of JSON that is no object
  }
  throw refusal(400, 'the body must be a JSON object');
}
