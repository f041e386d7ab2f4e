/**
 * The style of the documentation page. Its hash is in the content security policy, so nothing else can be put into the page.
 * No colour has less contrast than 4.5 to 1 with what it is on.
 */
export const docsStyle = `
:root{color-scheme:light dark;--back:#fbfbf9;--card:#fff;--text:#1d2429;--soft:#55606a;--line:#dfe3e6;--accent:#0b62a8;--get:#0f6b3c;--post:#8a4b00;--code:#eef1f3}
@media(prefers-color-scheme:dark){:root{--back:#13171a;--card:#1b2125;--text:#e6eaec;--soft:#a3afb8;--line:#323b42;--accent:#7cbcf5;--get:#6fd6a0;--post:#f0b56b;--code:#262e34}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
header,main,footer{max-width:60rem;margin:0 auto;padding:1rem}
header{padding-top:2.5rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
h3{font-size:1.05rem;margin:0 0 .5rem;display:flex;flex-wrap:wrap;gap:.25rem .6rem;align-items:baseline}
h4{font-size:.85rem;margin:1.25rem 0 .35rem;color:var(--soft);letter-spacing:.02em}
p{margin:.5rem 0;max-width:44rem}
.soft,footer{color:var(--soft)}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
code,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.9em}
code{background:var(--code);padding:.1em .3em;border-radius:4px}
pre{background:var(--code);padding:.75rem 1rem;border-radius:8px;overflow-x:auto}
pre code{padding:0;background:none}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;margin:0 0 1rem}
.method{font:700 .8rem/1 ui-monospace,Menlo,Consolas,monospace;border:1px solid currentColor;border-radius:5px;padding:.25em .45em;color:var(--get)}
.post{color:var(--post)}
nav ul{list-style:none;margin:.5rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem;overflow-wrap:break-word}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
@media(max-width:34rem){.card{padding:1rem}thead{position:absolute;left:-99rem}tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}tbody tr:last-child{border:0}th,td{display:block;border:0;padding:.1rem 0}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;
