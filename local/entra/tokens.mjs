// The claims of Entra's tokens. A person's are v2.0; an application's for Azure and Graph are v1.0, as the real ones.
// https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
import { createHash, randomBytes } from 'node:crypto';

export const EXCHANGE_AUDIENCE = 'api://AzureADTokenExchange';
const LIFETIME_SECONDS = 3600;

const now = () => Math.floor(Date.now() / 1000);

/** Makes claims for one tenant. */
export function makeTokens({ origin, app }, tid) {
  const issuer = `${origin}/${tid}/v2.0`;
  const frame = (seconds) => ({ iat: now(), nbf: now(), exp: now() + seconds, uti: randomBytes(12).toString('base64url') });

  /** Entra's `sub` is another one in each application, and never the object id. */
  const subject = (person) => createHash('sha256').update(`${app.client_id}:${person.oid}`).digest('base64url');

  /** What an id_token and an access token say of a person. A person without app roles has no `roles` claim. */
  const aboutPerson = (person) => ({
    oid: person.oid,
    tid,
    ver: '2.0',
    name: person.name,
    preferred_username: person.username,
    ...(person.roles.length ? { roles: person.roles } : {}),
  });

  return {
    issuer,
    subject,
    aboutPerson,

    /** A person's access token for the portal's API. */
    person: (person, { scope = app.portal_scope, audience = app.client_id, seconds = LIFETIME_SECONDS } = {}) => ({
      aud: audience,
      iss: issuer,
      ...frame(seconds),
      azp: app.client_id,
      azpacr: '0',
      scp: scope,
      sub: subject(person),
      ...aboutPerson(person),
    }),

    /** An application's access token; `principal` is {client_id, object_id}. */
    application: (principal, audience, roles = [], seconds = LIFETIME_SECONDS) => {
      const v1 = audience !== EXCHANGE_AUDIENCE;
      return {
        aud: audience,
        // What a federated credential of Entra must name as issuer is the v2.0 one.
        iss: v1 ? `https://sts.windows.net/${tid}/` : issuer,
        ...frame(seconds),
        ...(v1 ? { appid: principal.client_id, appidacr: '2' } : { azp: principal.client_id, azpacr: '2' }),
        idtyp: 'app',
        oid: principal.object_id,
        sub: principal.object_id,
        tid,
        ver: v1 ? '1.0' : '2.0',
        ...(roles.length ? { roles } : {}),
      };
    },
  };
}
