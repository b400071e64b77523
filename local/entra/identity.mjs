// The managed identity endpoint of App Service and Functions.
// https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
import { Refused, sameSecret } from './http.mjs';

const LIFETIME_SECONDS = 24 * 3600; // as a real managed identity's tokens

const refusal = (status, message) => new Refused(status, { statusCode: status, message });

/** Answers GET /msi/token, or throws Refused. The app has one user-assigned identity, and no system-assigned one. */
export function identityToken(headers, query, { identity, secret, tokens, keys }) {
  if (!sameSecret(headers['x-identity-header'], secret)) throw refusal(401, 'The X-IDENTITY-HEADER is missing or wrong.');
  if (query.get('api-version') !== '2019-08-01') throw refusal(400, 'The api-version must be 2019-08-01.');
  const resource = query.get('resource');
  if (!resource) throw refusal(400, 'The resource is missing.');
  if (query.get('client_id') !== identity.client_id) {
    throw refusal(400, 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.');
  }
  const principal = { client_id: identity.client_id, object_id: identity.principal_id };
  const claims = tokens.application(principal, resource, [], LIFETIME_SECONDS);
  return {
    access_token: keys.sign(claims),
    expires_on: String(claims.exp), // seconds of Unix time, and a string
    resource,
    token_type: 'Bearer',
    client_id: identity.client_id,
  };
}
