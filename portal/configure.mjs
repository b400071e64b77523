#!/usr/bin/env node
// Makes a built portal that of one deployment: writes config.json, which the portal reads at start, and
// staticwebapp.config.json, whose policy names exactly the hosts the portal speaks to.
//
//     node portal/configure.mjs --out portal/dist --api amer=https://amer.example,emea=https://emea.example
//          --authority https://login.microsoftonline.com/TENANT --client-id GUID [--scope URI] [--docs URL] [--dist DIR]
//          [--tenant GUID=NAME --tenant GUID=NAME]   where affiliates share the deployment: one chooses at the sign-in
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

class Wrong extends Error {}

/** A URL that a browser may send a token to: https, or this machine. */
function secure(name, text) {
  const url = URL.canParse(text ?? '') ? new URL(text) : undefined;
  const local = url?.protocol === 'http:' && url.hostname === 'localhost';
  if (!url || !(url.protocol === 'https:' || local)) throw new Wrong(`--${name} needs an https URL, not '${text}'`);
  if (url.username || url.search || url.hash) throw new Wrong(`--${name}: '${text}' says more than where`);
  return url;
}

function stampsOf(text) {
  const stamps = (text ?? '').split(',').map((part) => {
    const [, geography, api] = /^([a-z]+)=(.+)$/.exec(part.trim()) ?? [];
    if (!geography) throw new Wrong(`--api needs GEOGRAPHY=URL[,GEOGRAPHY=URL], not '${text ?? ''}'`);
    const url = secure('api', api);
    if (url.pathname !== '/') throw new Wrong(`--api: '${api}' has a path; /api is added by the portal`);
    return { geography, api: url.origin };
  });
  if (new Set(stamps.map(({ geography }) => geography)).size < stamps.length)
    throw new Wrong('--api names a geography twice');
  return stamps;
}

/** The organisations that share this deployment; none where there is one only. */
function tenantsOf(texts) {
  return texts.map((text) => {
    const [, id, name] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (!GUID.test(id ?? '')) throw new Wrong(`--tenant needs GUID=NAME, not '${text}'`);
    return { id, name };
  });
}

/** The inline scripts of the page by their hashes: https://www.w3.org/TR/CSP3/#grammardef-hash-source */
const hashes = (html) =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );

function main() {
  const strings = ['out', 'dist', 'api', 'authority', 'client-id', 'scope', 'docs'];
  const options = Object.fromEntries(strings.map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options: { ...options, tenant: { type: 'string', multiple: true } } });
  if (!values.out) throw new Wrong('--out names the folder to write to');
  if (!GUID.test(values['client-id'] ?? '')) throw new Wrong('--client-id needs the id of the app registration');
  const stamps = stampsOf(values.api);
  const authority = secure('authority', values.authority);
  if (authority.pathname === '/') throw new Wrong('--authority ends with the tenant');
  const tenants = tenantsOf(values.tenant ?? []);
  if (tenants.length && !tenants.some(({ id }) => authority.pathname === `/${id}`))
    throw new Wrong('--tenant: one of them is the tenant of --authority');
  const config = {
    stamps,
    tenants,
    authority: authority.href.replace(/\/$/, ''),
    knownAuthorities: [authority.host],
    clientId: values['client-id'],
    scope: values.scope ?? `api://${values['client-id']}/Portal.Access`,
    ...(values.docs && { docs: secure('docs', values.docs).href }),
  };
  const page = readFileSync(join(values.dist ?? join(HERE, 'dist'), 'index.html'), 'utf8');
  const hosting = readFileSync(join(HERE, 'staticwebapp.config.json'), 'utf8')
    .replace('{scripts}', hashes(page).join(' '))
    .replace('{apis}', stamps.map(({ api }) => api).join(' '))
    .replace('{authority}', authority.origin);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(values.out, 'staticwebapp.config.json'), hosting);
}

try {
  main();
} catch (error) {
  if (!(error instanceof Wrong || error.code === 'ENOENT' || error.code?.startsWith('ERR_PARSE_ARGS'))) throw error;
  console.error(`configure: ${error.message}`);
  process.exitCode = 1;
}
