"""What moves the patient's page on: asks how the visit stands, at once when the phone wakes or the network is back.

Answers say how long to wait; a phone's own clock is not believed, only how fast it goes. A page that is asked for too
often, or gets no answer, asks less and less often, each at a time of its own, so that thousands do not come at once.
"""

SCRIPT = """
const $ = (id) => document.getElementById(id);
const data = $('data').dataset, words = JSON.parse(data.words);
const here = location.pathname.split('/').pop();
const query = location.search ? location.search + '&' : '?';
const address = '../visits/' + here + '/status' + query + 'lang=' + document.documentElement.lang;
const skew = Number(data.now) - Date.now();
const anyway = new URLSearchParams(location.search).has('anyway');
const media = navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.RTCPeerConnection;
const able = anyway || Boolean(data.fits && media);
let state = data.state, opens = Number(data.opens), etag = '', asking = null, timer = 0, missed = 0, lock = null, gone = false;

const say = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
const fill = (text, value) => text.replace('{when}', value).replace('{opens}', value);
const left = () => (opens - (Date.now() + skew)) / 1000;

const show = (seen) => {
  if (seen.state === 'ready') {
    say('news', words.ready);
    if (!able) { $('anyway').hidden = false; return; }
    gone = true;
    location.replace(seen.join_url);
    return;
  }
  state = seen.state;
  opens = seen.opens ? Date.parse(seen.opens) : 0;
  const early = state === 'early';
  say('title', early ? words.early : words.waiting);
  document.title = $('title').textContent;
  say('news', early ? fill(words.early_text, seen.opens_text) : words.waiting_text);
  say('when', fill(words.waiting_when, seen.when_text));
  $('later').hidden = !early;
  say('moved', seen.moved ? words.moved : '');
};

const trouble = () => {
  const text = navigator.onLine === false ? words.offline : missed > 1 ? words.trouble : '';
  say('trouble', text);
};

const awake = async () => {
  const soon = state === 'waiting' || left() < 900;
  if (document.hidden || lock || gone || !soon || !navigator.wakeLock) return;
  lock = true;
  try {
    lock = await navigator.wakeLock.request('screen');
    lock.addEventListener('release', () => { lock = null; });
  } catch { lock = null; }
};

const pause = () => {
  const usual = state === 'early' ? Math.min(60, Math.max(1, left())) : 3;
  return usual + Math.random();
};

const ask = async () => {
  clearTimeout(timer);
  if (gone) return;
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  const slow = setTimeout(() => mine.abort(), 10000);
  let wait;
  try {
    const headers = etag ? {accept: 'application/json', 'If-None-Match': etag} : {accept: 'application/json'};
    const answer = await fetch(address, {headers, cache: 'no-store', signal: mine.signal});
    if (answer.status === 403 || answer.status === 404 || answer.status === 410) { gone = true; location.reload(); return; }
    if (answer.status !== 200 && answer.status !== 304) throw answer;
    const seen = answer.status === 200 ? await answer.json() : null;
    if (mine !== asking) return;
    missed = 0;
    if (seen) { etag = answer.headers.get('ETag') || ''; show(seen); }
    wait = pause();
  } catch (problem) {
    if (mine !== asking) return;
    missed += 1;
    // A phone says that it is online a moment before it is.
    const first = problem.headers ? 3 : 1, told = problem.headers ? Number(problem.headers.get('Retry-After')) || 0 : 0;
    wait = Math.max(Math.min(told, 300), Math.min(60, first * 2 ** (missed - 1))) * (1 + Math.random() / 4);
  } finally { clearTimeout(slow); }
  if (mine !== asking) return;
  asking = null;
  trouble();
  awake();
  timer = setTimeout(ask, wait * 1000);
};

const wake = () => { missed = 0; ask(); };

const copy = async () => {
  const link = location.origin + location.pathname;
  try { await navigator.clipboard.writeText(link); } catch {
    const field = Object.assign(document.createElement('textarea'), {value: link});
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  say('copied', words.copied);
  setTimeout(() => say('copied', ''), 4000);
};

const permissions = async () => {
  const denied = new Set();
  for (const name of ['camera', 'microphone']) {
    try {
      const found = await navigator.permissions.query({name});
      const look = () => {
        if (found.state === 'denied') denied.add(name); else denied.delete(name);
        $('blocked').hidden = !denied.size;
      };
      found.onchange = look;
      look();
    } catch { /* not every browser tells */ }
  }
};

$('copy').hidden = false;
$('copy').onclick = copy;
if (!able) $('browser').hidden = false;
if (state !== 'unfit') {
  document.addEventListener('visibilitychange', () => { if (!document.hidden) wake(); });
  window.addEventListener('online', wake);
  window.addEventListener('offline', trouble);
  window.addEventListener('pageshow', (event) => { if (event.persisted) { gone = false; wake(); } });
  permissions();
  ask();
}
"""
