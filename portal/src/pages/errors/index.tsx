// Error codes: a page for each, and all of them to look through. Read without a sign-in: an answer's `type` leads here.
import { useCodeText } from '../../words/codes';
import { All } from './All';
import { ENTRIES } from './codes';
import { One, Unknown } from './One';
import './errors.css';

export default function ErrorsPage({ path }: { path: string }) {
  const inWords = useCodeText();
  const entries = ENTRIES.map(inWords);
  const code = decoded(path.split('/')[2] ?? '');
  if (!code) return <All entries={entries} />;
  const entry = entries.find((one) => one.code === code);
  return entry ? <One key={code} entry={entry} entries={entries} /> : <Unknown code={code} />;
}

/** What was typed may be no address: it is shown as it stands then. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
