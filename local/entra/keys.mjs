// Entra's signing key: made at start, the same for all tenants, published as Entra publishes its keys, RS256 only.
import { createHash, createPublicKey, generateKeyPair, sign as rsaSign, verify as rsaVerify } from 'node:crypto';
import { promisify } from 'node:util';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** Makes a key. */
export async function makeKeys() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const publicKey = createPublicKey(privateKey);
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url'); // RFC 7638

  return {
    /** The private key for oidc-provider. */
    private: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },

    /** The key set. Like Entra's it has no `alg`, and each key names the issuer whose tokens it may sign. */
    published: (issuer) => ({ keys: [{ kty, use: 'sig', kid, n, e, issuer }] }),

    /** A signed JWT with these claims, nothing added. */
    sign(claims, headers = {}) {
      const input = `${encode({ typ: 'JWT', alg: 'RS256', kid, ...headers })}.${encode(claims)}`;
      return `${input}.${rsaSign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
    },

    /** The claims of a JWT that this key has signed, or undefined. Its times and names are the caller's to check. */
    verify(token) {
      try {
        const [head, body, signature, ...rest] = token.split('.');
        const header = decode(head);
        // The algorithm is ours to say, not the token's (RFC 8725 §3.1).
        if (rest.length || header.alg !== 'RS256' || header.kid !== kid) return undefined;
        if (!rsaVerify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))) return undefined;
        return decode(body);
      } catch {
        return undefined; // not a JWT at all
      }
    },
  };
}
