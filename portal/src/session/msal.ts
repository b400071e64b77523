// The one place that knows MSAL.js. It is as large as all the rest, so this module is loaded after the first paint.
//
// Tokens are kept in sessionStorage: they end with the tab. They are renewed by the refresh token only, never in a
// hidden frame: browsers that keep third-party cookies apart refuse that one, and without it no page of ours has to be
// framed by anyone. When the refresh token is over, after 24 hours, one signs in again by redirect.
import {
  type AccountInfo,
  AuthError,
  CacheLookupPolicy,
  InteractionRequiredAuthError,
  PublicClientApplication,
} from '@azure/msal-browser';
import { authorityOf, type Config } from './config';

export interface Account {
  readonly name: string;
  readonly username: string;
}

/** Why a sign-in did not come to its end. `code` is Entra's or MSAL's own, for whoever helps. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
  readonly reason: 'cancelled' | 'not_assigned' | 'unreachable' | 'other';
  readonly code: string;

  constructor(thrown: unknown) {
    super('sign-in failed');
    const code = thrown instanceof AuthError ? thrown.errorCode : '';
    const said = thrown instanceof Error ? thrown.message : '';
    // https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    const entra = /AADSTS\d+/.exec(said)?.[0] ?? '';
    this.code = entra || code;
    if (entra === 'AADSTS50105') this.reason = 'not_assigned';
    else if (code === 'access_denied' || entra === 'AADSTS65004' || code === 'user_cancelled')
      this.reason = 'cancelled';
    else if (/network|endpoints_resolution|openid_config|timed_out/.test(code)) this.reason = 'unreachable';
    else this.reason = 'other';
  }
}

export interface SignIn {
  account(): Account | undefined;
  /** Leaves the page. */
  signIn(): Promise<void>;
  /** Leaves the page. */
  signOut(): Promise<void>;
  /** An access token for the API; undefined if only a sign-in can get one. */
  token(fresh: boolean): Promise<string | undefined>;
}

const shown = (account: AccountInfo): Account => ({
  name: account.name || account.username,
  username: account.username,
});

/** Starts MSAL and takes what a redirect brought back. Throws SignInFailed. */
export async function startSignIn(config: Config): Promise<SignIn> {
  const home = `${location.origin}/`;
  const app = new PublicClientApplication({
    auth: {
      clientId: config.clientId,
      authority: authorityOf(config),
      knownAuthorities: [...config.knownAuthorities],
      redirectUri: home,
      postLogoutRedirectUri: home,
    },
    cache: { cacheLocation: 'sessionStorage' },
  });
  const scopes = [config.scope];
  try {
    await app.initialize();
    const result = await app.handleRedirectPromise({ navigateToLoginRequestUrl: false });
    if (result) app.setActiveAccount(result.account);
  } catch (thrown) {
    throw new SignInFailed(thrown);
  }
  const current = () => app.getActiveAccount() ?? app.getAllAccounts()[0];
  const failing = async (leave: Promise<void>) => {
    try {
      await leave;
    } catch (thrown) {
      throw new SignInFailed(thrown);
    }
  };
  return {
    account: () => {
      const account = current();
      return account && shown(account);
    },
    signIn: () => failing(app.loginRedirect({ scopes })),
    signOut: () => failing(app.logoutRedirect({ account: current() ?? null })),
    async token(fresh) {
      const account = current();
      if (!account) return undefined;
      const cacheLookupPolicy = fresh ? CacheLookupPolicy.RefreshToken : CacheLookupPolicy.AccessTokenAndRefreshToken;
      try {
        const result = await app.acquireTokenSilent({ scopes, account, cacheLookupPolicy });
        return result.accessToken;
      } catch (thrown) {
        // Both mean that no refresh token would do any more.
        const over =
          thrown instanceof InteractionRequiredAuthError || /refresh_token|token_refresh_required/.test(String(thrown));
        if (over) return undefined;
        // Nothing about the sign-in: the network, for one. It counts as such.
        throw new TypeError(String(thrown));
      }
    },
  };
}
