"""What tests the device, in the patient's browser: on a page of its own, and folded up on the waiting page.

Pictures and sound stay in the browser: what is sent are octets of no meaning, to see how fast they go, and the outcome of
each check. Camera and microphone are let go of when the page is left or hidden, because a visit in another tab may need
them. Outcomes are those of `shared/visits/device.py`, whose severities the page is given.

Browsers: what Microsoft names for patients who join by a browser
(https://learn.microsoft.com/microsoftteams/browser-join), and Edge on a Mac. Errors of getUserMedia:
https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia
"""

SCRIPT = """
(() => {
const root = document.getElementById('device'), data = root.dataset;
const words = JSON.parse(data.words), severity = JSON.parse(data.checks), language = document.documentElement.lang;
const base = '../device-test/' + location.pathname.split('/').pop() + '/';
const ENOUGH = {ms: 400, down: 1, up: 0.5}, OCTETS = 262144, PATIENCE = 20000, LISTEN = 80, LOUD = 0.008, MOST = 10;
const $ = (name) => root.querySelector('#device-' + name);
const part = (check, name) => root.querySelector('#check-' + check + ' .' + name);
const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (_, name) => values[name]);
const say = (place, text) => { if (place.textContent !== text) place.textContent = text; };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const found = {}, streams = {};
let audio, running = false, sent = '', sending = false, later;

const agent = navigator.userAgent;
const platform = /iPhone|iPod|iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1) ? 'ios'
  : /Android/.test(agent) ? 'android' : /Macintosh/.test(agent) ? 'mac' : /Windows/.test(agent) ? 'windows' : 'linux';
const inside = /FBA[NV]|FB_IAB|Instagram|Line\\/|MicroMessenger|GSA\\/|Snapchat|Twitter|TikTok|musical_ly|LinkedInApp|; wv\\)/;
const family = inside.test(agent) || (platform === 'ios' && !/Safari\\//.test(agent)) ? 'embedded'
  : /SamsungBrowser/.test(agent) ? 'samsung' : /FxiOS|Firefox\\//.test(agent) ? 'firefox'
  : /Edg(e|A|iOS)?\\//.test(agent) ? 'edge' : /OPR\\/|Opera|YaBrowser|UCBrowser|Vivaldi|DuckDuckGo/.test(agent) ? 'other'
  : /CriOS|Chrome\\//.test(agent) ? 'chrome' : /Safari\\//.test(agent) ? 'safari' : 'other';
const right = {
  ios: ['safari', 'chrome'], android: ['chrome'], mac: ['safari', 'chrome', 'edge'], windows: ['edge', 'chrome'],
  linux: ['chrome'],
}[platform];
const names = {
  safari: 'Safari', chrome: 'Google Chrome', edge: 'Microsoft Edge', firefox: 'Firefox', samsung: 'Samsung Internet',
};
const list = (many) => {
  try { return new Intl.ListFormat(language, {type: 'disjunction'}).format(many); } catch { return many.join(' / '); }
};
const values = {use: list(right.map((each) => names[each])), browser: names[family] || list(right.map((each) => names[each]))};
const manual = family === 'embedded' || family === 'firefox' || family === 'samsung' ? family
  : platform === 'ios' ? (family === 'safari' ? 'safari_ios' : 'ios') : platform === 'android' ? 'android'
  : family === 'safari' ? 'safari_mac' : family === 'chrome' || family === 'edge' ? family : 'other';

const tell = (check, text) => {
  root.querySelector('#check-' + check).removeAttribute('data-result');
  say(part(check, 'state'), text);
};
const settle = (check, outcome) => {
  const item = root.querySelector('#check-' + check), result = severity[check][outcome];
  found[check] = outcome;
  item.dataset.result = result;
  item.dataset.outcome = outcome;
  say(part(check, 'state'), fill(words[check + '_' + outcome], values));
  const help = part(check, 'help'), again = part(check, 'again');
  if (help) {
    help.hidden = outcome !== 'denied';
    say(part(check, 'how'), fill(words['help_' + manual], values));
  }
  if (again) {
    if (result === 'passed' && document.activeElement === again) part(check, 'state').focus();
    again.hidden = result === 'passed';
  }
  conclude();
};

const conclude = () => {
  const checks = Object.keys(severity);
  if (checks.some((check) => !found[check])) return;
  const results = checks.map((check) => severity[check][found[check]]);
  const result = ['failed', 'warnings', 'passed'].find((each) => results.includes(each));
  $('outcome').hidden = false;
  $('outcome').dataset.result = result;
  say($('result'), words[result]);
  if (found.microphone === 'ok') letGo('audio');
  send();
};
const send = async () => {
  if (data.keep !== 'yes') { say($('sent'), words.unkept); return; }
  const body = JSON.stringify({checks: found});
  if (sending || body === sent) return;
  sending = true;
  say($('sent'), words.saving);
  try {
    const headers = {'content-type': 'application/json', accept: 'application/json'};
    const answer = await fetch(base + 'result', {method: 'PUT', headers, body});
    if (answer.ok) { sent = body; say($('sent'), words.kept); }
    else if (answer.status === 404 || answer.status === 410) { data.keep = 'no'; say($('sent'), words.ended); }
    else throw answer;
  } catch {
    say($('sent'), words.unsent);
    clearTimeout(later);
    later = setTimeout(send, 5000);
  }
  sending = false;
  // What was found meanwhile goes after it: the last one counts.
  if (sent === body) send();
};

const browser = () => {
  const media = navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  const able = media && window.RTCPeerConnection && (window.AudioContext || window.webkitAudioContext);
  const promised = right.includes(family) ? 'ok' : 'other';
  settle('browser', family === 'embedded' ? 'embedded' : able ? promised : 'unsupported');
};

const probe = async (query, init) => {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
  const begun = performance.now();
  try {
    const headers = {'X-VisitBridge-Code': data.code};
    const answer = await fetch(base + 'probe' + query, {cache: 'no-store', ...init, headers, signal: stop.signal});
    await answer.arrayBuffer();
    // The visit may have ended meanwhile, or the page is from yesterday: it says so itself.
    if (answer.status === 404 || answer.status === 410) location.reload();
    if (!answer.ok) throw answer;
    return performance.now() - begun;
  } finally { clearTimeout(timer); }
};
const network = async () => {
  tell('network', words.testing);
  part('network', 'figures').hidden = true;
  const times = [];
  let outcome = 'offline';
  try {
    await probe('?bytes=0');
    while (times.length < 5) times.push(await probe('?bytes=0'));
    outcome = 'poor';
    const ms = times.sort((one, other) => one - other)[2];
    const speed = (took) => OCTETS * 8 / 1000 / Math.max(took - ms, 1);
    const down = speed(await probe('?bytes=' + OCTETS));
    const up = speed(await probe('', {method: 'POST', body: new Uint8Array(OCTETS)}));
    if (ms <= ENOUGH.ms && down >= ENOUGH.down && up >= ENOUGH.up) outcome = 'good';
    const digits = new Intl.NumberFormat(language, {maximumFractionDigits: 1});
    const number = (value) => digits.format(Math.min(value, MOST)) + (value > MOST ? '+' : '');
    say(part('network', 'figures'), fill(words.network_figures, {ms: Math.round(ms), down: number(down), up: number(up)}));
    part('network', 'figures').hidden = false;
  } catch { if (!navigator.onLine) outcome = 'offline'; }
  settle('network', outcome);
};

const WHY = {
  NotAllowedError: 'denied', SecurityError: 'denied', PermissionDeniedError: 'denied', NotFoundError: 'missing',
  DevicesNotFoundError: 'missing', OverconstrainedError: 'missing', TypeError: 'unsupported', NotSupportedError: 'unsupported',
};
const letGo = (kind) => {
  if (streams[kind]) streams[kind].getTracks().forEach((track) => track.stop());
  streams[kind] = undefined;
  if (kind === 'video') { $('picture').srcObject = null; $('picture').hidden = true; $('off').hidden = true; }
  else $('meter').hidden = true;
};
// The stream, or why there is none.
const take = async (kind, wanted) => {
  letGo(kind);
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return 'unsupported';
  try { streams[kind] = await navigator.mediaDevices.getUserMedia({[kind]: wanted}); }
  catch (error) { return WHY[error.name] || 'busy'; }
  return streams[kind];
};

const camera = async () => {
  tell('camera', words.asking);
  const stream = await take('video', {facingMode: 'user'});
  if (typeof stream === 'string') { settle('camera', stream); return; }
  const picture = $('picture');
  const seen = () => { if (streams.video === stream) { picture.hidden = $('off').hidden = false; settle('camera', 'ok'); } };
  tell('camera', words.testing);
  // A camera that another program holds may be given, and stay dark; one that wakes up late is right all the same.
  picture.onloadeddata = seen;
  picture.srcObject = stream;
  picture.play().catch(() => {});
  for (let tries = 0; tries < 100 && streams.video === stream && found.camera !== 'ok'; tries += 1) await pause(100);
  if (streams.video === stream && !picture.videoWidth) settle('camera', 'busy');
};

const microphone = async () => {
  tell('microphone', words.asking);
  const stream = await take('audio', true);
  if (typeof stream === 'string') { settle('microphone', stream); return; }
  if (!audio) { letGo('audio'); settle('microphone', 'unsupported'); return; }
  const ears = audio.createAnalyser(), source = audio.createMediaStreamSource(stream), heard = new Float32Array(1024);
  ears.fftSize = 1024;
  source.connect(ears);
  tell('microphone', words.microphone_listening);
  $('meter').hidden = false;
  let loud = 0, judged;
  const listen = async () => {
    for (let round = 0; streams.audio === stream; round += 1) {
      ears.getFloatTimeDomainData(heard);
      const level = Math.sqrt(heard.reduce((sum, value) => sum + value * value, 0) / heard.length);
      $('meter').value = Math.min(1, level * 6);
      loud += level > LOUD ? 1 : 0;
      if (loud >= 2 && found.microphone !== 'ok') settle('microphone', 'ok');
      if (round === LISTEN && loud < 2) settle('microphone', 'silent');
      if (loud >= 2 || round >= LISTEN) judged();
      await pause(100);
    }
    source.disconnect();
    judged();
  };
  await new Promise((done) => { judged = done; listen(); });
};

const speaker = () => {
  if (!audio) { settle('speaker', 'unsupported'); return; }
  part('speaker', 'actions').hidden = false;
  tell('speaker', words.speaker_ask);
};
const play = () => {
  audio.resume();
  for (const [start, pitch] of [[0, 523], [0.35, 659], [0.7, 784]]) {
    const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + start;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.001, at);
    volume.gain.exponentialRampToValueAtTime(0.3, at + 0.05);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.65);
  }
  $('answers').hidden = false;
};

const CHECK = {network, camera, microphone}, busy = {};
const run = async (check) => {
  if (busy[check]) return;
  busy[check] = true;
  try { await CHECK[check](); } finally { busy[check] = false; }
};
const all = async () => {
  if (running) return;
  running = true;
  for (const check of Object.keys(found)) delete found[check];
  $('outcome').hidden = true;
  sent = '';
  const Audio = window.AudioContext || window.webkitAudioContext;
  // Made at a click, or the browser would keep it silent.
  audio = audio || (Audio ? new Audio() : undefined);
  if (audio) audio.resume();
  $('list').hidden = false;
  browser();
  speaker();
  const way = run('network');
  await run('camera');
  await run('microphone');
  await way;
  say($('start'), words.restart);
  running = false;
};
const letAllGo = () => { letGo('video'); letGo('audio'); };

$('start').onclick = all;
$('off').onclick = () => { letGo('video'); part('camera', 'state').focus(); };
$('play').onclick = play;
for (const answer of ['heard', 'not_heard', 'skipped']) $(answer).onclick = () => settle('speaker', answer);
for (const check of Object.keys(CHECK)) part(check, 'again').onclick = () => run(check);
document.addEventListener('visibilitychange', () => { if (document.hidden) letAllGo(); });
addEventListener('pagehide', letAllGo);
addEventListener('online', () => { if (!$('outcome').hidden) send(); });
const fold = root.closest('details');
if (fold) fold.addEventListener('toggle', () => { if (!fold.open) letAllGo(); });
$('start').hidden = false;
})();
"""
