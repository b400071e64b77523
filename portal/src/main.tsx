// Where it begins: the words first, then the shell, then who is here.
import { render } from 'preact';
import 'virtual:tokens.css';
import './styles/base.css';
import './styles/print.css';
import { App } from './app/App';
import { followLinks } from './app/place';
import { start } from './session/session';
import { language } from './words/language';
import { loadWords } from './words/words';

document.documentElement.lang = language.get();
followLinks();
const session = start();
await loadWords('common');
const root = document.getElementById('app');
if (root) render(<App />, root);
await session;
