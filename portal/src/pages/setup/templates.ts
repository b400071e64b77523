// An organisation's own texts, by language and kind. Pure.
import type { Schema } from '../../api/client';

export type Templates = Schema<'SmsShown'>['templates'];

const entries = (templates: Templates): [string, string][] =>
  Object.entries(templates).flatMap(([language, kinds]) =>
    Object.entries(kinds).map(([kind, text]): [string, string] => [`${language}.${kind}`, text]),
  );

/** Templates by `es.reminder`; an empty one is none. */
export const flat = (templates: Templates): Map<string, string> =>
  new Map(entries(templates).filter(([, text]) => text.trim()));

const nested = (named: Iterable<readonly [string, string]>): Templates => {
  const found: Templates = {};
  for (const [name, text] of named) {
    const [language = '', kind = ''] = name.split('.');
    found[language] = { ...found[language], [kind]: text };
  }
  return found;
};

/** What to send so that the templates `before` become those of `now`: those that differ, empty where ours are back. */
export function templateChanges(before: Templates, now: Templates): Templates {
  const [old, own] = [flat(before), flat(now)];
  const names = [...new Set([...old.keys(), ...own.keys()])];
  return nested(names.filter((name) => old.get(name) !== own.get(name)).map((name) => [name, own.get(name) ?? '']));
}

/** With one of the templates changed, or ours in its place. */
export function withTemplate(templates: Templates, language: string, kind: string, own: string | undefined): Templates {
  const { [kind]: _, ...others } = templates[language] ?? {};
  return { ...templates, [language]: own === undefined ? others : { ...others, [kind]: own } };
}

/** Theirs with what was changed here, one by one: a new Spanish reminder has nothing against one in French. */
export function mergeTemplates(before: Templates, mine: Templates, theirs: Templates): Templates {
  const merged = flat(theirs);
  for (const [name, text] of entries(templateChanges(before, mine))) merged.set(name, text);
  return nested([...merged].filter(([, text]) => text));
}
