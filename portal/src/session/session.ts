// Who is here and what they may do. One store, one state at a time; each state has a page (SessionPage.tsx).
//
//     starting -> signed-out -> (Entra) -> starting -> ready
//                                               `----> failed | trouble | no-role | choose
import { type Api, ask, makeApi, type Schema } from '../api/client';
import { asProblem, Problem } from '../api/problem';
import { arrive } from '../app/place';
import { recall, remember } from '../memory';
import { makeStore } from '../store';
import { type Config, chosenTenant, configuration, loadConfig, type Stamp } from './config';
import type { Account, SignIn, SignInFailed } from './msal';

export type Me = Schema<'Me'>;
/** What someone may see. An administrator is all of them. */
export type Role = 'admin' | 'approver' | 'reader';

export type Session =
  | { kind: 'starting' }
  | { kind: 'signed-out'; left: boolean }
  | { kind: 'leaving' }
  | { kind: 'failed'; reason: SignInFailed['reason']; code: string }
  | { kind: 'trouble'; problem: Problem; account: Account | undefined }
  | { kind: 'no-role'; account: Account }
  | { kind: 'choose'; account: Account; stamps: readonly Stamp[] }
  | { kind: 'ready'; account: Account; me: Me; stamp: Stamp; stamps: readonly Stamp[]; roles: readonly Role[] };

export const session = makeStore<Session>({ kind: 'starting' });
/** The sign-in ended while a page was open: the shell asks to sign in again. */
export const ended = makeStore(false);

/** For this tab, over a redirect: where one wanted to go, that one is signed in, that one has just left. */
const RETURN = 'visitbridge.return';
const INSIDE = 'visitbridge.inside';
const LEFT = 'visitbridge.left';

let library: Promise<SignIn> | undefined;
const apis = new Map<string, Api>();

function signing(config: Config): Promise<SignIn> {
  library ??= import('./msal').then(({ startSignIn }) => startSignIn(config));
  return library;
}

/** Takes Entra's answer out of the address, and puts the page there that was open before. */
function goBack(): void {
  history.replaceState(null, '', sessionStorage.getItem(RETURN) ?? '/');
  arrive();
}

const comesBack = () => /[#&](code|error)=/.test(location.hash);

/** Finds out who is here. Called once at start, and again by "Try again". */
export async function start(): Promise<void> {
  session.set({ kind: 'starting' });
  try {
    const config = await loadConfig();
    if (!comesBack() && !sessionStorage.getItem(INSIDE)) {
      const left = sessionStorage.getItem(LEFT) !== null;
      sessionStorage.removeItem(LEFT);
      session.set({ kind: 'signed-out', left });
      return;
    }
    const back = comesBack();
    const { account } = await signing(config).finally(() => back && goBack());
    const someone = account();
    if (!someone) {
      sessionStorage.removeItem(INSIDE);
      session.set({ kind: 'signed-out', left: false });
      return;
    }
    sessionStorage.setItem(INSIDE, '1');
    await enter(config, someone);
  } catch (thrown) {
    fail(thrown);
  }
}

/** Gets the library in time for the click. */
export function prepare(): void {
  void signing(configuration()).catch(() => {
    library = undefined;
  });
}

/** Signs in at another of the organisations that share this deployment, and remembers it. */
export function chooseTenant(id: string): void {
  remember('tenant', id);
  library = undefined;
  prepare();
}

/** To Entra, and back to the page that is open now. */
export async function signIn(): Promise<void> {
  session.set({ kind: 'leaving' });
  ended.set(false);
  const config = configuration();
  // An address that names the organisation names it once: Entra sends back to the address without it.
  if (config.tenants.length) remember('tenant', chosenTenant(config));
  sessionStorage.setItem(RETURN, location.pathname + location.search);
  try {
    await (await signing(config)).signIn();
  } catch (thrown) {
    fail(thrown);
  }
}

/** Out of the portal and of Entra. What this tab knew is forgotten first, whatever happens on the way. */
export async function signOut(): Promise<void> {
  const leaving = signing(configuration());
  session.set({ kind: 'leaving' });
  sessionStorage.removeItem(INSIDE);
  sessionStorage.removeItem(RETURN);
  sessionStorage.setItem(LEFT, '1');
  try {
    await (await leaving).signOut();
  } catch (thrown) {
    fail(thrown);
  }
}

/** The API of the geography in use. Only pages call this, and pages are shown when there is one. */
export function api(): Api {
  const now = session.get();
  if (now.kind !== 'ready') throw new Error('nobody is signed in');
  return apiOf(now.stamp);
}

/** Works in another geography from now on, and remembers it. */
export async function choose(geography: string): Promise<void> {
  const now = session.get();
  if (now.kind !== 'choose' && now.kind !== 'ready') return;
  remember('geography', geography);
  session.set({ kind: 'starting' });
  try {
    await enter(configuration(), now.account);
  } catch (thrown) {
    fail(thrown);
  }
}

function apiOf(stamp: Stamp): Api {
  const known = apis.get(stamp.api);
  if (known) return known;
  const made = makeApi(stamp.api, { token, ended: () => ended.set(true) });
  apis.set(stamp.api, made);
  return made;
}

async function token(fresh: boolean): Promise<string> {
  const found = await (await signing(configuration())).token(fresh);
  if (found) return found;
  ended.set(true);
  throw new Problem({ status: 401, code: 'auth.token_invalid' });
}

interface Seen {
  stamp: Stamp;
  me: Me;
}

/** Asks each stamp who this is; the one with something to do is it. */
async function enter(config: Config, account: Account): Promise<void> {
  const asked = await Promise.allSettled(
    config.stamps.map(async (stamp): Promise<Seen> => ({ stamp, me: await ask(apiOf(stamp).GET('/me')) })),
  );
  const seen = asked.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  const failed = asked.find((one) => one.status === 'rejected');
  // One that does not answer may be the one: better to say so than to show an empty other.
  if (failed && !seen.some(({ me }) => me.connections > 0)) {
    session.set({ kind: 'trouble', problem: asProblem(failed.reason), account });
    return;
  }
  const useful = seen.filter(({ me }) => rolesOf(me).length > 0);
  if (!useful.length) {
    session.set({ kind: 'no-role', account });
    return;
  }
  const stamps = useful.map(({ stamp }) => stamp);
  const remembered = recall('geography');
  const own = useful.filter(({ me }) => me.connections > 0);
  const choice =
    useful.find(({ stamp }) => stamp.geography === remembered) ??
    (own.length === 1 ? own[0] : undefined) ??
    (useful.length === 1 ? useful[0] : undefined);
  if (choice) session.set({ kind: 'ready', account, ...choice, stamps, roles: rolesOf(choice.me) });
  else session.set({ kind: 'choose', account, stamps });
}

function rolesOf(me: Me): Role[] {
  if (me.admin) return ['admin', 'approver', 'reader'];
  const approves = me.approver_of > 0 || me.roles.includes('Connector.Approver');
  return [
    ...(approves ? (['approver'] as const) : []),
    ...(me.roles.includes('Reports.Read') ? (['reader'] as const) : []),
  ];
}

function fail(thrown: unknown): void {
  const failed = thrown as Partial<SignInFailed>;
  if (failed?.name === 'SignInFailed') {
    library = undefined;
    sessionStorage.removeItem(INSIDE);
    session.set({ kind: 'failed', reason: failed.reason ?? 'other', code: failed.code ?? '' });
  } else {
    session.set({ kind: 'trouble', problem: asProblem(thrown), account: undefined });
  }
}
