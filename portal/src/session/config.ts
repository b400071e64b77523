// What this deployment is: written beside the files by configure.mjs, read once at start.
import { asProblem, Problem } from '../api/problem';
import { recall } from '../memory';

export interface Stamp {
  readonly geography: string;
  /** Origin of the function app. */
  readonly api: string;
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

export interface Config {
  /** The organisations that share this deployment; empty where there is one only. */
  readonly tenants: readonly Tenant[];
  readonly stamps: readonly [Stamp, ...Stamp[]];
  /** Entra's address for the deployment's own tenant, whose id it ends with. */
  readonly authority: string;
  readonly knownAuthorities: readonly string[];
  readonly clientId: string;
  readonly scope: string;
  /** Where the pages for administrators are; none if the deployment has none. */
  readonly docs?: string;
}

let config: Config | undefined;

/** Reads `/config.json`. Throws Problem. */
export async function loadConfig(): Promise<Config> {
  try {
    const answer = await fetch('/config.json');
    const read = answer.ok ? ((await answer.json()) as Config) : undefined;
    if (!read?.stamps?.[0]) throw new Problem({ status: answer.status, code: 'answer.unexpected' });
    config = read;
    return read;
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

/** The same, once it was loaded. */
export function configuration(): Config {
  if (!config) throw new Error('the configuration is not loaded yet');
  return config;
}

/** The address of a page of the documentation; undefined if this deployment has none, or is not known yet. */
export function docsPage(path: string): string | undefined {
  const docs = config?.docs;
  return docs && new URL(path, docs.endsWith('/') ? docs : `${docs}/`).href;
}

/** The organisation that signs in here: as the address says (`?tenant=`), as chosen before, else the deployment's own. */
export function chosenTenant(config: Config): string {
  const own = config.authority.slice(config.authority.lastIndexOf('/') + 1);
  const wanted = [new URLSearchParams(location.search).get('tenant'), recall('tenant')];
  return wanted.find((id) => config.tenants.some((tenant) => tenant.id === id)) ?? own;
}

/** Entra's address for that organisation. */
export const authorityOf = (config: Config): string =>
  config.authority.slice(0, config.authority.lastIndexOf('/') + 1) + chosenTenant(config);
