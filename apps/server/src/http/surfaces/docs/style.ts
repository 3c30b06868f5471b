/** The look of /docs: the colours and sizes of the chat page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#fbfdfc, #0b1413);
  --surface: light-dark(#f1f6f5, #101c1a);
  --text: light-dark(#10201e, #e6f0ee);
  --muted: light-dark(#4a5e5b, #a3b8b4);
  --subtle: light-dark(#5a6e6a, #8aa19d);
  --link: light-dark(#0f766e, #4fd9c6);
  --hairline: light-dark(#d5e0de, #233834);
  --code: light-dark(#eff4f3, #0f1b19);
  --hover: light-dark(#e4edeb, #1a2b28);
  --bubble: light-dark(#e3f1ef, #17302c);
  --danger: light-dark(#b42318, #ff8a7a);
  --warning: light-dark(#8a5a00, #f2c14e);
  --success: light-dark(#0b7a4b, #4ade9a);
  --focus: light-dark(#0d9488, #5eead4);
  --accent: light-dark(#d4f23f, #d9f54b);
  --mono: ui-monospace, "SFMono-Regular", Menlo, "DejaVu Sans Mono", Consolas, monospace;
}
[data-theme="light"] { color-scheme: light; }
[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; scrollbar-width: thin; scrollbar-color: var(--hairline) transparent; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0;
  background: var(--bg);
  color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  -webkit-font-smoothing: antialiased;
}
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
a { color: var(--link); text-underline-offset: 0.2em; }
code, pre, var { font-family: var(--mono); font-size: 0.875em; font-style: normal; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; z-index: 3; background: var(--bg); padding: 0.5rem 1rem; }

header {
  position: sticky;
  top: 0;
  z-index: 2;
  display: flex;
  align-items: center;
  gap: 0.75rem;
  height: 3.5rem;
  padding: 0 1.25rem;
  background: var(--bg);
  border-block-end: 1px solid var(--hairline);
}
header a { text-decoration: none; }
.brand { display: flex; align-items: center; gap: 0.6rem; color: var(--text); font-weight: 650; }
.title { color: var(--subtle); }
header nav { margin-inline-start: auto; font-size: 0.875rem; }
header nav a { padding-block: 0.75rem; }
header nav a:hover { text-decoration: underline; }

.columns { display: grid; grid-template-columns: minmax(0, 1fr); }
.contents { padding: 0.75rem 1.25rem; border-block-end: 1px solid var(--hairline); font-size: 0.875rem; }
.contents ul { list-style: none; margin: 0; padding: 0; }
.contents > ul { display: flex; flex-wrap: wrap; gap: 0.25rem; }
.contents > ul > li > a { background: var(--surface); }
.contents ul ul { display: none; }
.contents a { display: block; padding: 0.25rem 0.5rem; border-radius: 6px; color: var(--muted); text-decoration: none; }
.contents a:hover { background: var(--hover); color: var(--text); }
.contents > ul > li > a { color: var(--text); font-weight: 600; }
.contents ul ul a { display: flex; gap: 0.6rem; align-items: baseline; overflow-wrap: anywhere; }
.contents ul ul code { font-size: 0.78125rem; }
summary { cursor: pointer; padding-block: 0.25rem; color: var(--muted); font-size: 0.875rem; }
summary:hover { color: var(--text); }

main { width: 100%; max-width: 50rem; margin-inline: auto; padding: 2rem 1.25rem 6rem; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25; letter-spacing: -0.01em; }
h1 small { margin-inline-start: 0.35rem; color: var(--subtle); font-size: 1rem; font-weight: 400; }
h2 { margin: 0 0 0.5rem; font-size: 1.375rem; line-height: 1.3; }
section { margin-block-start: 3rem; padding-block-start: 2rem; border-block-start: 1px solid var(--hairline); }
p { margin: 0 0 0.85rem; }
main > p, section > p { color: var(--muted); }
article { margin-block: 2.25rem; scroll-margin-top: 4.5rem; }
article h3 { margin: 0 0 0.35rem; font-size: 1rem; font-weight: 600; line-height: 1.5; }
.anchor { display: flex; gap: 0.75rem; align-items: center; color: inherit; text-decoration: none; }
.anchor:hover .path, .schema .anchor:hover code { text-decoration: underline; text-underline-offset: 0.2em; }
.path { font-size: 1.0625rem; overflow-wrap: anywhere; }
var { color: var(--subtle); }
.summary { font-weight: 550; }
h4 { margin: 1.4rem 0 0.4rem; color: var(--subtle); font-size: 0.8125rem; font-weight: 600; }
h4 .type { font-weight: 400; }

.method {
  display: inline-block;
  min-width: 3.6em;
  padding: 0.1em 0.5em;
  border-radius: 6px;
  background: var(--bubble);
  color: var(--link);
  font: 650 0.6875rem/1.6 var(--mono);
  text-align: center;
}
.contents .method { min-width: 4.2em; padding-inline: 0; font-size: 0.625rem; flex: none; }
.method.post { background: var(--accent); color: #1a2404; }
.method.put, .method.patch { background: color-mix(in srgb, var(--warning) 10%, transparent); color: var(--warning); }
.method.delete { background: color-mix(in srgb, var(--danger) 10%, transparent); color: var(--danger); }

pre {
  margin: 1rem 0;
  padding: 0.85rem 1rem;
  overflow-x: auto;
  border: 1px solid var(--hairline);
  border-radius: 10px;
  background: var(--code);
  line-height: 1.6;
}
.curl { user-select: all; -webkit-user-select: all; }
:not(pre) > code { padding: 0.1em 0.35em; border-radius: 5px; background: var(--code); overflow-wrap: anywhere; }
.anchor code, .contents code, a.code code, .type code { padding: 0; background: none; }

.fields, .answers, .variants { list-style: none; margin: 0; padding: 0; }
.fields > li, .answers > li { padding-block: 0.55rem; border-block-start: 1px solid var(--hairline); }
.fields > li:last-child, .answers > li:last-child { border-block-end: 1px solid var(--hairline); }
.nested > .fields > li:last-child, .about .fields > li:last-child, .variants .fields > li:last-child { border-block-end: 0; }
.nested > .fields > li:first-child, .about > .fields > li:first-child, .variants .fields > li:first-child { border-block-start: 0; }
.field { display: flex; flex-wrap: wrap; gap: 0 0.6rem; align-items: baseline; }
.name { font-weight: 600; }
code.name { padding: 0; background: none; }
.type { color: var(--muted); font-size: 0.875rem; }
.optional { color: var(--subtle); font-size: 0.8125rem; font-style: italic; }
.note { color: var(--muted); font-size: 0.875rem; line-height: 1.5; }
.bounds { display: flex; flex-wrap: wrap; gap: 0 0.9rem; color: var(--subtle); font-size: 0.8125rem; }
.nested { margin-block-start: 0.25rem; padding-inline-start: 0.9rem; border-inline-start: 2px solid var(--hairline); }
.variants > li { margin-block: 0.5rem; padding-inline-start: 0.9rem; border-inline-start: 2px solid var(--hairline); }
.answer { display: flex; gap: 0.85rem; align-items: baseline; }
.about { min-width: 0; flex: 1; font-size: 0.9375rem; }
.status { font: 600 0.8125rem/1.6 var(--mono); color: var(--success); }
.status.bad { color: var(--danger); }
.failures { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0.75rem 0 0; padding: 0; }
a.code { color: var(--muted); font-size: 0.875rem; text-decoration: none; }
a.code:hover { text-decoration: underline; }
:target > h3 .path, .schema:target h3 code, li:target .name { background: color-mix(in srgb, var(--accent) 45%, transparent); border-radius: 4px; }

@media (min-width: 900px) {
  .columns { grid-template-columns: 20rem minmax(0, 1fr); }
  .contents {
    position: sticky;
    top: 3.5rem;
    height: calc(100dvh - 3.5rem);
    overflow-y: auto;
    padding: 1.25rem 0.75rem 3rem;
    border: 0;
    border-inline-end: 1px solid var(--hairline);
    background: var(--surface);
  }
  .contents > ul, .contents ul ul { display: block; }
  .contents > ul > li { padding-block: 0.25rem; }
  .contents > ul > li > a { background: none; }
  main { padding: 2.5rem 2.5rem 8rem; }
}
@media print {
  header, .contents { display: none; }
}
`;
