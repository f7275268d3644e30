/** The look of link pages: the colours of the other pages (src/pages/shared/base.css), and as little else as works. */
export const linkStyle = `
:root { color-scheme: light dark; --bg: #f4f7f7; --surface: #fff; --ink: #132023; --ink-2: #47585c; --line: #7b8b8e;
  --accent: #0b6470; --accent-ink: #fff; --danger: #9b1c1c; --danger-soft: #fcebea;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; line-height: 1.45; }
@media (prefers-color-scheme: dark) { :root { --bg: #0e1415; --surface: #161e20; --ink: #e7eeee; --ink-2: #a7b6b8;
  --line: #6f8286; --accent: #6ccbd5; --accent-ink: #05262b; --danger: #f6a5a0; --danger-soft: #3a1a1a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); overflow-wrap: anywhere; }
main { max-inline-size: 34rem; margin-inline: auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin-block: 0 1rem; }
p { margin-block: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1rem; margin-block: 0 1.25rem; padding: 1rem;
  background: var(--surface); border-radius: 14px; }
dt { color: var(--ink-2); }
dd { margin: 0; font-weight: 600; }
form { margin-block-end: 1.5rem; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; }
legend, label { font-weight: 600; padding: 0; margin-block-end: .4rem; display: block; }
.choice { display: flex; align-items: center; gap: .75rem; min-block-size: 44px; font-weight: 400; padding-inline: .75rem;
  background: var(--surface); border-radius: 10px; }
.choice input { inline-size: 1.25rem; block-size: 1.25rem; margin: 0; flex: none; accent-color: var(--accent); }
input[type=password], input[type=date] { font: inherit; color: inherit; background: var(--surface); inline-size: 100%;
  min-block-size: 44px; padding-inline: .75rem; border: 1px solid var(--line); border-radius: 10px; margin-block-end: 1rem; }
button { font: inherit; font-weight: 600; min-block-size: 44px; padding: .6rem 1.25rem; border-radius: 10px;
  border: 1px solid var(--line); background: var(--surface); color: var(--ink); cursor: pointer; }
button.main { inline-size: 100%; min-block-size: 56px; font-size: 1.1rem; border-color: var(--accent);
  background: var(--accent); color: var(--accent-ink); }
a { color: var(--accent); display: inline-block; padding-block: .6rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alert { padding: .75rem 1rem; border-radius: 10px; background: var(--danger-soft); color: var(--danger); font-weight: 600; }
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-block-end: .6rem; } }
`
