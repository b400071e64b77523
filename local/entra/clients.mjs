// Who may redeem what at the token endpoint: the rules of Entra that oidc-provider does not have.
//
// One app registration is a single-page application for the portal, without credentials, and a web application for
// the functions, whose only credential is federated: a token of the managed identity instead of a secret.
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation
import { refuse } from './errors.mjs';
import { EXCHANGE_AUDIENCE } from './tokens.mjs';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CLOCK_SKEW_SECONDS = 300;
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];

/**
 * Makes a tenant's check. `refreshTokens` remembers which kind of client each refresh token was given to; `identityIssuer`
 * is the issuer of the managed identity's tokens, the home tenant's also where another tenant is asked.
 */
export function makeClients({ app, identity, identityIssuer, keys, refreshTokens }) {
  /** 'spa' or 'web', by how the request authenticates; throws Refused with Entra's error when it may not go on. */
  return function authenticate(form, headers) {
    const grant = form.get('grant_type');
    if (!grant) refuse(400, 'invalid_request', 900144, "The request body must contain the following parameter: 'grant_type'.");
    if (!GRANTS.includes(grant)) refuse(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${grant}'.`);
    if (form.get('client_id') !== app.client_id && !headers.authorization) {
      refuse(400, 'unauthorized_client', 700016, 'Application with this identifier was not found in the directory.');
    }
    if (form.has('client_secret') || headers.authorization) {
      refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided. The application has no secrets.');
    }
    const kind = form.has('client_assertion') ? 'web' : 'spa';
    if (kind === 'web') checkAssertion(form);
    checkGrant(kind, grant, form, headers);
    return kind;
  };

  function checkAssertion(form) {
    const bad = (number, message) => refuse(401, 'invalid_client', number, message);
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) bad(50027, 'client_assertion_type is not that of a JWT.');
    const claims = keys.verify(form.get('client_assertion'));
    if (!claims) bad(700027, 'The client assertion failed signature validation: it is no token of the trusted issuer.');
    const now = Date.now() / 1000;
    if (!(claims.exp > now - CLOCK_SKEW_SECONDS) || claims.nbf > now + CLOCK_SKEW_SECONDS) {
      bad(700024, 'Client assertion is not within its valid time range.');
    }
    const none = 'No matching federated identity record found for presented assertion';
    if (claims.iss !== identityIssuer) bad(700211, `${none} issuer '${claims.iss}'.`);
    if (claims.aud !== EXCHANGE_AUDIENCE) bad(700212, `${none} audience '${claims.aud}'.`);
    if (claims.sub !== identity.principal_id) bad(700213, `${none} subject '${claims.sub}'.`);
  }

  function checkGrant(kind, grant, form, { origin }) {
    if (grant === 'refresh_token') {
      const given = refreshTokens.get(form.get('refresh_token'));
      if (given === 'web' && kind === 'spa') needsCredential();
      if (given !== undefined && given !== kind) refuse(400, 'invalid_grant', 70000, 'The refresh token was given to another kind of client.');
    } else if (grant === 'authorization_code') {
      const forSpa = app.spa_redirect_uris.includes(form.get('redirect_uri'));
      if (forSpa !== (kind === 'spa')) {
        if (!forSpa) needsCredential();
        refuse(400, 'invalid_request', 700025, 'Client is public so neither client_assertion nor client_secret should be presented.');
      }
    } else if (kind === 'spa') {
      needsCredential();
    }
    // A browser sends Origin with every cross-origin POST: Entra takes it for the sign of a single-page application.
    if (kind === 'spa' && !origin) {
      refuse(400, 'invalid_request', 9002327, "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.");
    }
    if (kind === 'web' && origin) {
      refuse(400, 'invalid_request', 9002326, "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.");
    }
  }

  function needsCredential() {
    refuse(401, 'invalid_client', 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  }
}
