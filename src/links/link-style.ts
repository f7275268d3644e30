/** The look of link pages: that of the other pages (src/pages/shared/base.css), as far as they need it. */
export const linkStyle = `
:root { color-scheme: light dark; --bg: #f4f7f7; --surface: #fff; --sunken: #e9eeef; --ink: #132023; --ink-2: #47585c;
  --line: #d5dedf; --line-strong: #7b8b8e; --accent: #0b6470; --accent-hover: #084e58; --accent-ink: #fff;
  --accent-soft: #e1f0f1; --danger: #9b1c1c; --danger-soft: #fcebea;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; line-height: 1.45;
  -webkit-text-size-adjust: 100%; }
@media (prefers-color-scheme: dark) { :root { --bg: #0e1415; --surface: #161e20; --sunken: #1f292b; --ink: #e7eeee;
  --ink-2: #a7b6b8; --line: #2a3639; --line-strong: #6f8286; --accent: #6ccbd5; --accent-hover: #8fdae2;
  --accent-ink: #05262b; --accent-soft: #12343a; --danger: #f6a5a0; --danger-soft: #3a1a1a; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--bg); color: var(--ink); overflow-wrap: anywhere; padding-block-end: 64px; }
.bar { border-block-end: 1px solid var(--line); padding: 8px 16px; }
.brand { display: flex; inline-size: max-content; align-items: center; gap: 10px; min-block-size: 44px; max-inline-size: 100%;
  margin-inline: max(0px, 50% - 604px); color: var(--ink); font-weight: 680; letter-spacing: -.01em; text-decoration: none; }
.brand svg { inline-size: 28px; block-size: 28px; fill: var(--accent-ink); }
.brand .ground { fill: var(--accent); }
.card { display: grid; gap: 16px; max-inline-size: 460px; margin: 48px auto 0; padding: 20px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 14px; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.1rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 680;
  text-wrap: balance; }
:lang(ar) :is(h1, .brand) { letter-spacing: normal; }
dl { padding: 14px 16px; background: var(--accent-soft); border-radius: 10px; }
dt { color: var(--ink-2); font-size: .875rem; }
dd { font-weight: 600; }
dd:not(:last-child) { margin-block-end: 8px; }
.quiet { color: var(--ink-2); font-size: .875rem; }
form { display: grid; gap: 16px; }
fieldset { border: 0; padding: 0; }
.field { display: grid; gap: 6px; }
legend, label { font-weight: 600; font-size: .9rem; padding: 0; }
legend { margin-block-end: 6px; }
.choice { display: flex; align-items: center; gap: 10px; min-block-size: 44px; font-weight: 400; font-size: 1rem; }
.choice input { inline-size: 22px; block-size: 22px; margin: 0; flex: none; accent-color: var(--accent); }
.input { font: inherit; color: inherit; background: var(--surface); inline-size: 100%; min-block-size: 48px;
  padding: 8px 14px; border: 1px solid var(--line-strong); border-radius: 10px; }
.button { display: flex; align-items: center; justify-content: center; inline-size: 100%; min-block-size: 44px; padding: 8px 18px;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; border: 1px solid var(--line-strong);
  border-radius: 10px; background: var(--surface); color: var(--ink); cursor: pointer; }
.button:hover { background: var(--sunken); }
.button.main { border-color: var(--accent); background: var(--accent); color: var(--accent-ink); }
.button.main:hover { border-color: var(--accent-hover); background: var(--accent-hover); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.alert { padding: 14px 16px; border-radius: 10px; background: var(--danger-soft); color: var(--danger); font-weight: 600; }
@media (max-width: 520px) { .card { margin: 24px 16px 0; } }
`
