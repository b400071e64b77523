// oidc-provider in the shape of Entra: the certified part that does the protocol, with the settings, scopes and token
// shapes by which MSAL, azure-identity and MSAL.js take it for the real one.
import { randomBytes, randomUUID } from 'node:crypto';

import { errors, interactionPolicy, Provider } from 'oidc-provider';

import { translated } from './errors.mjs';
import { answerPage } from './http.mjs';
import { messagePage } from './pages.mjs';
import { makeStorage } from './storage.mjs';

// Entra's `offline_access` under another name: oidc-provider drops the standard one unless a consent page was asked
// for, and Entra gives it to whoever asks.
export const OFFLINE = 'offline';
const OIDC_SCOPES = ['openid', 'profile', 'email', OFFLINE];

/** Makes a tenant's provider. `clientSecret` is what the front adds to each token request that it has found good. */
export function makeProvider({ settings, tenant, tokens, keys, people, clientSecret, refreshTokens }) {
  const { app, origin } = settings;
  const { id: tid, service_principal_id: servicePrincipal } = tenant;
  const api = `api://${app.client_id}`;
  const apiScopes = [`${api}/${app.portal_scope}`, `${api}/.default`];
  const accounts = new Map(people.map((person) => [tokens.subject(person), person]));

  const provider = new Provider(tokens.issuer, {
    adapter: makeStorage(),
    jwks: { keys: [keys.private] },
    clients: [{
      client_id: app.client_id,
      client_secret: clientSecret,
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'web',
      redirect_uris: [...app.spa_redirect_uris, ...app.web_redirect_uris],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
    }],
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/oidc/userinfo',
    },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_post'],
    discovery: {
      end_session_endpoint: `${origin}/${tid}/oauth2/v2.0/logout`,
      tenant_region_scope: 'NA',
    },
    // Cookies of localhost are shared by all its ports: names of our own keep us out of the other stand-ins' way, and the
    // tenants out of each other's.
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      names: { session: `entra_session_${tid}`, interaction: `entra_signin_${tid}`, resume: `entra_resume_${tid}` },
      long: { httpOnly: true, sameSite: 'none', secure: true },
      short: { httpOnly: true, sameSite: 'lax', secure: true },
    },
    ttl: { AccessToken: 3600, ClientCredentials: 3600, IdToken: 3600, AuthorizationCode: 600, RefreshToken: 86400, Session: 86400, Grant: 86400, Interaction: 3600 },

    scopes: OIDC_SCOPES,
    claims: { openid: ['sub', 'tid', 'ver', 'nbf', 'roles'], profile: ['oid', 'name', 'preferred_username'], email: ['email'] },
    conformIdTokenClaims: false, // claims of the scopes go into the id_token, as Entra does it
    findAccount: (ctx, id) => {
      const person = accounts.get(id);
      return person && { accountId: id, claims: () => ({ sub: id, nbf: Math.floor(Date.now() / 1000), ...tokens.aboutPerson(person) }) };
    },

    pkce: { required: (ctx) => app.spa_redirect_uris.includes(ctx.oidc.params.redirect_uri) },
    clientBasedCORS: (ctx, from) => app.spa_redirect_uris.some((uri) => new URL(uri).origin === from),
    interactions: { policy: signInPolicy(accounts), url: (ctx, interaction) => `/${tid}/signin/${interaction.uid}` },
    loadExistingGrant: everythingConsented,
    issueRefreshToken: offlineIfAsked,
    expiresWithSession: () => false, // a code lives on when its session begins another sign-in, in a second tab say
    rotateRefreshToken: false, // Entra's old refresh token keeps working beside the new one
    renderError: (ctx, out) => {
      ctx.respond = false;
      answerPage(ctx.res, ctx.status, messagePage('Sorry, we cannot sign you in', `${out.error}: ${out.error_description}`));
    },

    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false }, // ours is in signin.mjs, without a page that asks again
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => resourceOf(ctx.oidc.params.scope, ctx.oidc.params.grant_type),
        useGrantedResource: (ctx, model) => wantsApi(ctx.oidc.params.scope ?? model.scope),
        getResourceServerInfo: (ctx, resource) => ({
          scope: resource === api ? apiScopes.join(' ') : `${resource}/.default`,
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    formats: { customizers: { jwt: accessToken } },
  });

  const wantsApi = (scope) => (scope ?? '').split(' ').some((one) => apiScopes.includes(one));

  /** Entra has no resource parameter: the scopes name the resource. Throws for what nobody has consented to. */
  function resourceOf(scope, grant) {
    const asked = (scope ?? '').split(' ').filter((one) => one && !OIDC_SCOPES.includes(one));
    const unknown = (one) => new errors.InvalidScope(`The application asked for scope '${one}' that doesn't exist or is not granted`, one);
    if (grant === 'client_credentials') {
      const [, resource] = /^(.+)\/\.default$/.exec(scope ?? '') ?? [];
      if (!resource) throw new errors.InvalidScope('The scope must be one resource followed by /.default', scope);
      if (!(resource.replace(/\/$/, '') in app.roles)) throw new errors.InvalidTarget(`The resource principal named ${resource} was not found in the tenant`);
      return resource;
    }
    const odd = asked.find((one) => !apiScopes.includes(one));
    if (odd) throw unknown(odd);
    return asked.length ? api : undefined;
  }

  /** An administrator has consented for everybody, so there is no consent page and every request finds its grant. */
  async function everythingConsented(ctx) {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: app.client_id });
    grant.addOIDCScope(OIDC_SCOPES.join(' '));
    grant.addResourceScope(api, apiScopes.join(' '));
    await grant.save(86400);
    return grant;
  }

  /** A refresh token of Entra is good for every resource consented to, not only for that of its first request. */
  function offlineIfAsked(ctx, client, code) {
    if (!code.scopes.has(OFFLINE)) return false;
    // The access token beside it is made by now; the refresh token copies scope and resource from the code.
    code.scope = [...new Set([...code.scope.split(' '), ...apiScopes])].join(' ');
    code.resource = api;
    return true;
  }

  function accessToken(ctx, token, jwt) {
    const { aud } = jwt.payload;
    jwt.header = { typ: 'JWT' };
    if (token.accountId) {
      jwt.payload = tokens.person(accounts.get(token.accountId));
    } else {
      const principal = { client_id: app.client_id, object_id: servicePrincipal };
      jwt.payload = tokens.application(principal, aud, app.roles[aud.replace(/\/$/, '')]);
    }
  }

  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.body?.access_token) asEntraAnswers(ctx);
    if (ctx.oidc?.route === 'discovery') asEntraDescribesItself(ctx.body);
  });
  provider.on('authorization.success', (ctx, out) => {
    delete out.iss; // Entra does not send RFC 9207's parameter, and a client must not come to rely on it
    out.session_state = randomUUID();
  });
  provider.on('grant.error', (ctx, error) => {
    ctx.body = translated(ctx.body, error.error_detail);
  });
  provider.on('server_error', (ctx, error) => console.error(`error ${error.stack}`));

  /** MSAL needs `client_info` to know the account; the rest are habits of Entra's answers. */
  function asEntraAnswers(ctx) {
    const { body } = ctx;
    const account = ctx.oidc.entities.Account;
    const person = account && accounts.get(account.accountId);
    body.ext_expires_in = body.expires_in;
    if (body.scope) body.scope = body.scope.split(' ').filter((one) => one !== OFFLINE).join(' ');
    if (person && ctx.req.entra.clientInfo) {
      body.client_info = Buffer.from(JSON.stringify({ uid: person.oid, utid: tid })).toString('base64url');
    }
    if (body.refresh_token) refreshTokens.set(body.refresh_token, ctx.req.entra.kind);
  }

  return provider;
}

/** What the front takes and gives, which oidc-provider does not know. */
function asEntraDescribesItself(document) {
  delete document.authorization_response_iss_parameter_supported;
  document.grant_types_supported = ['authorization_code', 'refresh_token', 'client_credentials'];
  document.scopes_supported = ['openid', 'profile', 'email', 'offline_access'];
  document.token_endpoint_auth_methods_supported = ['private_key_jwt', 'none'];
  delete document.token_endpoint_auth_signing_alg_values_supported;
}

/** One prompt, the sign-in page; asked for again when the request hints at another person than the one signed in. */
function signInPolicy(accounts) {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  const { Check } = interactionPolicy;
  policy.get('login').checks.add(new Check('login_hint', 'another account is signed in', 'login_required', ({ oidc }) => {
    const hint = oidc.params.login_hint?.toLowerCase();
    const person = accounts.get(oidc.session.accountId);
    return Boolean(hint && person && !oidc.result?.login && person.username !== hint);
  }));
  return policy;
}
