// The Entra stand-in: `node local/entra/server.mjs STACK.json`, with `entra.json` (settings.py) in its run directory.
// Entra's addresses in front, oidc-provider behind them; what the front may not pass on, it answers itself.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';

import { makeClients } from './clients.mjs';
import { control } from './control.mjs';
import { entraError } from './errors.mjs';
import { answer, readBody, Refused, withBody } from './http.mjs';
import { identityToken } from './identity.mjs';
import { makeKeys } from './keys.mjs';
import { makeProvider, OFFLINE } from './provider.mjs';
import { signIn, signOut } from './signin.mjs';
import { makeTokens } from './tokens.mjs';

const started = Date.now();
const stack = JSON.parse(await readFile(process.argv[2], 'utf8'));
const inRun = (...names) => join(stack.run_dir, ...names);
const settings = JSON.parse(await readFile(inRun('entra.json'), 'utf8'));
const { origin, app, identity } = settings;

const people = Object.values(settings.people);
const findPerson = (name) => settings.people[name] ?? people.find(({ username }) => username === String(name ?? '').toLowerCase());
const keys = await makeKeys();
const clientSecret = randomBytes(32).toString('base64url'); // known to this process only
const identityIssuer = makeTokens(settings, settings.tenants[0].id).issuer; // the managed identity is the home tenant's
const tenants = new Map(settings.tenants.map((tenant) => [tenant.id, makeTenant(tenant)]));
const home = tenants.get(settings.tenants[0].id);
const anyOrigin = { 'access-control-allow-origin': '*' };
const returnAddresses = [...app.spa_redirect_uris, ...app.web_redirect_uris];
const apps = new Set(app.spa_redirect_uris.map((uri) => new URL(uri).origin));

const renamed = (scope) => scope.replace(/(?<!\S)offline_access(?!\S)/, OFFLINE);

/** What each tenant has of its own: issuer, people, sign-in sessions, codes and refresh tokens. The key is common to all. */
function makeTenant(tenant) {
  const { id } = tenant;
  const tokens = makeTokens(settings, id);
  const refreshTokens = new Map(); // refresh token -> 'spa' or 'web', the kind of client it was given to
  const own = people.filter((person) => person.tenant === id);
  const provider = makeProvider({ settings, tenant, tokens, keys, people: own, clientSecret, refreshTokens });
  const authenticate = makeClients({ app, identity, identityIssuer, keys, refreshTokens });
  const findOwn = (name) => own.find((person) => person === findPerson(name));
  return { id, tokens, provider, toProvider: provider.callback(), authenticate, findPerson: findOwn };
}

/** Hands the request to oidc-provider, which is mounted at the tenant; `path` is the address below that. */
function pass(tenant, req, res, path) {
  req.url = path;
  req.originalUrl = `/${tenant.id}${path}`; // by the difference it knows where it is mounted
  return tenant.toProvider(req, res);
}

function authorize(tenant, req, res, query) {
  if (query.has('scope')) query.set('scope', renamed(query.get('scope')));
  const prompt = query.get('prompt');
  if (prompt === 'select_account') query.set('prompt', 'login'); // there is no list to choose from
  if (prompt === 'consent') query.delete('prompt'); // an administrator has consented for everybody
  return pass(tenant, req, res, `/oauth2/v2.0/authorize?${query}`);
}

async function token(tenant, req, res) {
  const { origin: from } = req.headers;
  if (apps.has(from)) res.setHeader('access-control-allow-origin', from);
  const form = new URLSearchParams(await readBody(req));
  const kind = tenant.authenticate(form, req.headers);
  form.delete('client_assertion');
  form.delete('client_assertion_type');
  form.set('client_secret', clientSecret);
  if (form.has('scope')) form.set('scope', renamed(form.get('scope')));
  const judged = withBody(req, form.toString());
  judged.entra = { kind, clientInfo: form.get('client_info') === '1' };
  res.removeHeader('access-control-allow-origin'); // oidc-provider sets its own, once
  return pass(tenant, judged, res, '/oauth2/v2.0/token');
}

/** What MSAL asks to learn the names of a cloud; ours has one. */
function instances(res) {
  const { host } = new URL(origin);
  answer(res, 200, {
    tenant_discovery_endpoint: `${origin}/${home.id}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }, anyOrigin);
}

const publish = (res, issuer) => answer(res, 200, keys.published(issuer), anyOrigin);
const ROUTES = {
  'GET /': (req, res) => answer(res, 200, { service: 'entra', healthy: true }),
  'GET /msi/token': (req, res, query) =>
    answer(res, 200, identityToken(req.headers, query, { identity, secret: stack.secrets.identity_header, tokens: home.tokens, keys })),
  'POST /control/tokens': async (req, res) => answer(res, 200, await control(req, 'tokens', controlled)),
  'POST /control/sign': async (req, res) => answer(res, 200, await control(req, 'sign', controlled)),
  'GET /common/discovery/instance': (req, res) => instances(res),
  'GET /common/discovery/v2.0/keys': (req, res) => publish(res, `${origin}/{tenantid}/v2.0`), // a template, as Entra's
};
const OF_TENANT = {
  'GET /discovery/v2.0/keys': (tenant, req, res) => publish(res, tenant.tokens.issuer),
  'GET /v2.0/.well-known/openid-configuration': (tenant, req, res) => pass(tenant, req, res, '/.well-known/openid-configuration'),
  'GET /oidc/userinfo': (tenant, req, res) => pass(tenant, req, res, '/oidc/userinfo'),
  'GET /oauth2/v2.0/authorize': authorize,
  'POST /oauth2/v2.0/token': token,
  'OPTIONS /oauth2/v2.0/token': (tenant, req, res) => pass(tenant, req, res, '/oauth2/v2.0/token'),
  'GET /oauth2/v2.0/logout': ({ provider }, req, res, query) => signOut(req, res, query, { provider, returnAddresses }),
};
const tokensOf = (person) => tenants.get(person.tenant).tokens;
const controlled = { secret: stack.secrets.entra_control, findPerson, tokensOf, keys };

/** The handler of the address and its name for the log, which must not hold what identifies a sign-in. */
function route(method, path) {
  const name = `${method} ${path}`;
  if (Object.hasOwn(ROUTES, name)) return [name, ROUTES[name]];
  const [, first, below] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const tenant = tenants.get(first);
  return (tenant && routeOf(tenant, method, below)) ?? [`${method} (no such address)`, notFound];
}

function routeOf(tenant, method, below) {
  const name = `${method} ${below}`;
  if (Object.hasOwn(OF_TENANT, name)) return [`${method} /${tenant.id}${below}`, (...request) => OF_TENANT[name](tenant, ...request)];
  const [, place] = /^\/(oauth2\/v2\.0\/authorize|signin)\/[\w-]+$/.exec(below) ?? [];
  if (place === 'signin' && ['GET', 'POST'].includes(method)) {
    const { provider, findPerson: find, tokens } = tenant;
    return [`${method} /${tenant.id}/signin`, (req, res) => signIn(req, res, { provider, findPerson: find, accountId: tokens.subject })];
  }
  if (place && method === 'GET') {
    return [`GET /${tenant.id}/oauth2/v2.0/authorize (resumed)`, (req, res) => pass(tenant, req, res, below)];
  }
  return undefined;
}

function notFound(req, res) {
  const [, first] = new URL(req.url, origin).pathname.split('/');
  const otherTenant = /^[0-9a-f-]{36}$/i.test(first) && !tenants.has(first);
  if (otherTenant) answer(res, 400, entraError('invalid_tenant', 90002, `Tenant '${first}' not found.`), anyOrigin);
  else answer(res, 404, { error: 'not_found', error_description: 'There is nothing at this address.' });
}

async function serve(req, res) {
  const began = Date.now();
  if (!URL.canParse(req.url, origin)) return answer(res, 400, { error: 'invalid_request', error_description: 'The address is none.' });
  const { pathname, searchParams } = new URL(req.url, origin);
  const [name, handle] = route(req.method, pathname);
  res.on('finish', () => console.log(`${name} ${res.statusCode} ${Date.now() - began} ms`));
  try {
    await handle(req, res, searchParams);
  } catch (error) {
    if (error instanceof Refused) return answer(res, error.status, error.body);
    console.error(`error in ${name}: ${error.stack}`);
    if (!res.headersSent) answer(res, 500, { error: 'server_error', error_description: 'Something went wrong; the log says what.' });
    else res.destroy();
  }
}

const [key, cert] = await Promise.all(['server.key', 'server.pem'].map((name) => readFile(inRun('certificates', name))));
const server = https.createServer({ key, cert }, serve);
server.listen(stack.ports.entra, '127.0.0.1', () => console.log(`entra answers at ${origin} after ${Date.now() - started} ms`));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
