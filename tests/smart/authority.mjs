// An authorization server that was not written here: oidc-provider, a certified OpenID Provider, set up as a SMART server.
// Arguments: port, certificate, key, and the client as JSON. Whoever comes is signed in and has consented to everything.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [port, certificate, key, given] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(createRequire(`${process.cwd()}/local/`).resolve('oidc-provider')));
const { client, context } = JSON.parse(given);
const origin = `https://localhost:${port}`;
const fhir = `${origin}/fhir`;
const who = 'practitioner-1';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(origin, {
  clients: [{
    ...client,
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    id_token_signed_response_alg: 'RS256',
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'of/this+server=' }] },
  enabledJWA: { clientAuthSigningAlgValues: ['ES384', 'RS384'], idTokenSigningAlgValues: ['RS256'] },
  clientAuthMethods: ['private_key_jwt'],
  responseTypes: ['code'],
  scopes: ['openid', 'fhirUser', 'launch'],
  claims: { openid: ['sub', 'fhirUser'] },
  conformIdTokenClaims: false,
  extraParams: ['aud', 'launch'],
  pkce: { required: () => true },
  cookies: { keys: ['of a test'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, fhirUser: `${fhir}/Practitioner/${id}` }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: client.client_id });
    grant.addOIDCScope('openid fhirUser launch');
    await grant.save();
    return grant;
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: { devInteractions: { enabled: false } },
});
// SMART's launch context: members beside those of OAuth.
provider.use(async (ctx, next) => {
  await next();
  if (ctx.oidc?.route === 'token' && ctx.body?.access_token) Object.assign(ctx.body, context);
});

const configuration = {
  issuer: origin,
  jwks_uri: `${origin}/jwks`,
  authorization_endpoint: `${origin}/auth`,
  token_endpoint: `${origin}/token`,
  grant_types_supported: ['authorization_code'],
  code_challenge_methods_supported: ['S256'],
  capabilities: ['launch-ehr', 'client-confidential-asymmetric', 'sso-openid-connect'],
  authorization_response_iss_parameter_supported: true,
};
const answers = provider.callback();
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, async (request, response) => {
  if (request.url === '/fhir/.well-known/smart-configuration') {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(configuration));
  } else if (request.url.startsWith('/interaction/')) {
    await provider.interactionFinished(request, response, { login: { accountId: who } });
  } else {
    answers(request, response);
  }
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
