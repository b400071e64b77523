"""What keeps the clinician's visit page up to date: asks once a second, shows what is new, carries out what is clicked.

The second is counted by a worker: browsers slow the timers of pages in the background, which is where this one stands
while the clinician is in the chart (https://html.spec.whatwg.org/multipage/workers.html).
"""

SCRIPT = """
const $ = (id) => document.getElementById(id);
const data = $('data').dataset, words = JSON.parse(data.words);
const page = location.pathname.split('/').pop();
const here = document.documentElement.lang;
const locale = navigator.language.startsWith(here) ? navigator.language : here;
const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (_, name) => values[name]);
const clock = (text) => {
  const at = new Date(text), today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : {day: 'numeric', month: 'short'};
  return new Intl.DateTimeFormat(locale, {hour: 'numeric', minute: '2-digit', ...day}).format(at);
};
const say = (id, text) => { if ($(id).textContent !== text) $(id).textContent = text; };
const make = (tag, text, more) => Object.assign(document.createElement(tag), {textContent: text || ''}, more);
let seen, etag = '', asking = false, done = false, missed = 0, untold = false, waiting = new Set(), audio, drawn = '';

const chime = () => {
  if (!audio) return;
  for (const [start, pitch] of [[0, 660], [0.22, 880]]) {
    const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
};

const ago = () => {
  for (const each of document.querySelectorAll('[data-since]')) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(each.dataset.since)) / 60000));
    const text = minutes ? ' (' + fill(words.minutes, {n: minutes}) + ')' : '';
    if (each.textContent !== text) each.textContent = text;
  }
};

const notice = () => {
  const lobby = seen.people.filter((each) => each.state === 'waiting');
  const call = seen.people.filter((each) => each.state === 'connected');
  const first = lobby.length ? clock(lobby[0].since) : '';
  let text = call.length ? words.meeting : words.nobody;
  if (lobby.length > 1) text = fill(words.many, {n: lobby.length, time: first});
  else if (lobby.length) text = fill(lobby[0].who === 'patient' ? words.one : words.someone, {time: first});
  if (seen.state === 'closed') text = call.length ? fill(words.closed_here, {n: call.length}) : words.closed;
  if (seen.state === 'closed' && untold) text = words.closed_untold;
  if (seen.state === 'over' || seen.state === 'cancelled') text = words[seen.state];
  const calling = seen.state === 'open' && lobby.length > 0;
  $('notice').classList.toggle('here', calling);
  say('notice', text);
  document.title = calling ? '(' + lobby.length + ') ' + words.tab_one + ' \\u2013 ' + words.title : words.title;
  const fresh = lobby.some((each) => !waiting.has(each.id));
  waiting = new Set(lobby.map((each) => each.id));
  if (fresh && calling) chime();
};

const people = () => {
  const names = {you: words.you, clinician: words.clinician, patient: words.patient, someone: words.guest};
  const rows = seen.people.map((each) => {
    const row = make('li', '', {className: each.state});
    const since = make('span', fill(words[each.state], {time: clock(each.since)}), {className: 'soft'});
    row.append(make('strong', names[each.who]), ' ', since);
    if (each.state === 'waiting') {
      const time = make('span', '', {className: 'soft'});
      time.dataset.since = each.since;
      row.append(time);
    }
    return row;
  });
  $('people').replaceChildren(...(rows.length ? rows : [make('li', words.empty, {className: 'soft'})]));
};

const guests = () => {
  const now = JSON.stringify([seen.guests, seen.state]);
  if (now === drawn) return;
  drawn = now;
  $('links').hidden = !seen.guests.length;
  say('count', fill(words.links, {n: seen.guests.length}));
  $('list').replaceChildren(...seen.guests.map((each) => {
    const row = make('li'), role = words['role_' + each.role];
    const label = fill(words.link, {role});
    const told = fill(each.state === 'open' ? words.until : words[each.state], {time: clock(each.expires), n: each.uses});
    row.append(make('strong', label), make('p', told, {className: 'soft'}));
    if (each.state !== 'open') return row;
    const field = make('input', '', {readOnly: true, value: each.url, type: 'text'});
    field.setAttribute('aria-label', label);
    field.onfocus = () => field.select();
    const copy = make('button', words.copy, {type: 'button'});
    copy.onclick = async () => {
      try { await navigator.clipboard.writeText(each.url); } catch { field.focus(); document.execCommand('copy'); copy.focus(); }
      copy.textContent = words.copied;
      say('told', words.copied);
      setTimeout(() => { copy.textContent = words.copy; say('told', ''); }, 3000);
    };
    const revoke = make('button', words.revoke, {type: 'button', className: 'quiet'});
    revoke.onclick = async () => { if (await send('DELETE', 'guests/' + each.id)) $('count').focus(); };
    for (const button of [copy, revoke]) button.setAttribute('aria-label', button.textContent + ': ' + role);
    const line = make('div', '', {className: 'actions'});
    line.append(copy, revoke);
    row.append(field, line);
    return row;
  }));
};

const show = (state) => {
  seen = state;
  const open = seen.state === 'open';
  say('when', fill(words.scheduled, {time: clock(seen.start)}));
  $('device').hidden = !seen.device;
  say('device', seen.device ? words['device_' + seen.device] : '');
  $('invite').hidden = $('end').hidden = !open;
  $('text').hidden = !open || !data.texts;
  $('join').hidden = seen.state === 'over' || seen.state === 'cancelled';
  notice(); people(); guests(); ago();
};

const gone = () => { done = true; say('problem', words.gone); };

const ask = async () => {
  if (asking || done) return;
  asking = true;
  try {
    const headers = etag ? {'If-None-Match': etag} : {};
    const answer = await fetch(page + '/status', {headers, cache: 'no-store', signal: AbortSignal.timeout(10000)});
    if (answer.status === 400 || answer.status === 410) gone();
    else if (answer.status !== 200 && answer.status !== 304) throw answer.status;
    else if (answer.status === 200) { etag = answer.headers.get('ETag') || ''; show(await answer.json()); }
    if (missed > 2 && !done) say('problem', '');
    missed = 0;
  } catch {
    missed += 1;
    if (missed === 3) say('problem', words.offline);
  }
  asking = false;
};

const send = async (method, path, body) => {
  say('problem', '');
  try {
    const headers = {'X-VisitBridge-Code': data.code, 'Content-Type': 'application/json'};
    const answer = await fetch(page + '/' + path, {method, headers, body: body && JSON.stringify(body)});
    const result = await answer.json();
    if (answer.ok) { etag = ''; return result; }
    if (result.code === 'visit.page_invalid') gone();
    else say('problem', result.code === 'visit.too_many_guests' ? words.too_many : words.failed);
  } catch { say('problem', words.failed); }
  ask();
  return null;
};

$('form').onsubmit = async (event) => {
  event.preventDefault();
  const result = await send('POST', 'guests', {role: $('role').value});
  if (!result) return;
  show(result);
  $('list').querySelector('li:last-child button').focus();
};
$('end').onclick = () => $('sure').showModal();
$('no').onclick = () => $('sure').close();
$('yes').onclick = async () => {
  $('sure').close();
  const result = await send('POST', 'end');
  if (!result) return;
  untold = !result.teams;
  show(result);
  $('notice').focus();
};
$('sound').onchange = () => {
  if (!$('sound').checked) { audio = undefined; return; }
  audio = new AudioContext();
  chime();
};

const every = (seconds, run) => {
  let plain;
  const slow = () => { plain = plain || setInterval(run, seconds * 1000); };
  try {
    const source = 'setInterval(() => postMessage(0), ' + seconds * 1000 + ')';
    const worker = new Worker(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
    worker.onmessage = run;
    worker.onerror = slow;
  } catch { slow(); }
};
show(JSON.parse(data.seen));
let ticks = 0;
every(1, () => {
  ticks += 1;
  ago();
  // What is over or cancelled may be booked again, but nobody waits for that.
  if (seen.state === 'open' || seen.state === 'closed' || ticks % 30 === 0) ask();
});
"""
