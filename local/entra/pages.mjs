// The pages for people: sign-in, error, signed out. Plain HTML without scripts, so that a script can drive them too.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (text) => String(text ?? '').replace(/[&<>"']/g, (character) => ESCAPES[character]);

const STYLE = `
:root { color-scheme: light dark; --ground: #f5f5f5; --card: #fff; --ink: #1f1f1f; --quiet: #5c5c5c; --line: #757575; --accent: #0b5cad; --on-accent: #fff; --wrong: #a4161a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #1b1b1b; --card: #292929; --ink: #f5f5f5; --quiet: #c2c2c2; --line: #8f8f8f; --accent: #7fbcf5; --on-accent: #10202f; --wrong: #ffb3ab; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; }
main { width: min(100%, 26rem); padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; color: var(--quiet); }
p[role=alert] { color: var(--wrong); font-weight: 600; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .25rem; }
button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: .25rem; cursor: pointer; }
:is(input, button):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }`;

const page = (title, content) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${safe(title)}</h1>
${content}
</main>
</body>
</html>`;

/** The sign-in form; it posts `username` and `password` to its own address. `error` is shown above the fields. */
export function signInPage({ username = '', error = '' } = {}) {
  const alert = error ? `<p role="alert" id="error">${safe(error)}</p>` : '';
  const wrong = error ? ' aria-invalid="true" aria-describedby="error"' : '';
  const focus = (here) => (here ? ' autofocus' : '');
  return page('Sign in', `<p>Local stand-in of Microsoft Entra ID. Use a demo account.</p>
${alert}
<form method="post">
<label for="username">Username</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${safe(username)}"${wrong}${focus(!username)}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${wrong}${focus(username)}>
<button type="submit">Sign in</button>
</form>`);
}

/** A page that ends the way: what happened, in words. */
export function messagePage(title, text) {
  return page(title, `<p>${safe(text)}</p>`);
}
