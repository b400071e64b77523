// Signing in and out: our own pages between oidc-provider's authorization request and its answer.
import { answerPage, readBody, sameSecret } from './http.mjs';
import { messagePage, signInPage } from './pages.mjs';

const WRONG = 'Your account or password is incorrect. Check both and try again.';
const EXPIRED = 'This sign-in has expired or was begun in another browser. Go back to the application and start again.';

/** Shows the page and takes what it posts; on success the browser goes on to the application. */
export async function signIn(req, res, { provider, findPerson, accountId }) {
  const interaction = await begun(req, res, provider);
  if (!interaction) return answerPage(res, 400, messagePage('Start again', EXPIRED));
  if (req.method !== 'POST') {
    return answerPage(res, 200, signInPage({ username: interaction.params.login_hint }));
  }
  const form = new URLSearchParams(await readBody(req));
  const username = form.get('username')?.trim();
  const person = findPerson(username);
  if (!person || person.username !== username.toLowerCase() || !sameSecret(form.get('password'), person.password)) {
    return answerPage(res, 401, signInPage({ username, error: WRONG }));
  }
  const account = accountId(person);
  await leaveOtherAccount(req, res, provider, interaction, account);
  return provider.interactionFinished(req, res, { login: { accountId: account } });
}

/** Ends the session and goes back to the application, if it named an address that is registered. */
export async function signOut(req, res, query, { provider, returnAddresses }) {
  const session = await provider.Session.get({ req, res, secure: true });
  await session.destroy();
  const { cookies } = provider.createContext(req, res);
  cookies.secure = true;
  cookies.set(provider.cookieName('session'), null, { httpOnly: true, sameSite: 'none', secure: true });
  const back = query.get('post_logout_redirect_uri');
  if (!returnAddresses.includes(back)) {
    return answerPage(res, 200, messagePage('Signed out', 'You signed out of your account. You can close this window.'));
  }
  const address = new URL(back);
  if (query.has('state')) address.searchParams.set('state', query.get('state'));
  res.writeHead(302, { location: address.href, 'cache-control': 'no-store' });
  return res.end();
}

async function begun(req, res, provider) {
  try {
    return await provider.interactionDetails(req, res);
  } catch (error) {
    if (error.name === 'SessionNotFound') return undefined;
    throw error;
  }
}

/** Without this oidc-provider would send the browser through its own logout page before it lets another person in. */
async function leaveOtherAccount(req, res, provider, interaction, account) {
  const before = interaction.session?.accountId;
  if (!before || before === account) return;
  const session = await provider.Session.get({ req, res, secure: true });
  session.accountId = undefined;
  session.authorizations = {};
  await session.persist();
  interaction.session.accountId = undefined;
  await interaction.persist();
}
