"""The look of `report.html`: light and dark, narrow and wide, and on paper."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --back: #ffffff; --faint: #57606a; --line: #d0d7de; --soft: #f3f5f7;
  --link: #0757b8; --warn: #8a4b00; --mark: #2f6fb3; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ec; --back: #15191e; --faint: #a0aab4; --line: #39414a;
  --soft: #20262d; --link: #7cb7ff; --warn: #f0b35c; --mark: #7cb7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--back); overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; }
h2.subject { border-top: 3px solid var(--mark); padding-top: .6rem; font-size: 1.4rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
a { color: var(--link); } code, pre { font: .875em ui-monospace, monospace; } code { background: var(--soft); padding: .1em .25em; }
pre { background: var(--soft); padding: .75rem; overflow: auto; max-height: 24rem; }
nav { background: var(--soft); padding: .6rem 1rem; font-size: .9rem; } nav ul { list-style: none; margin: 0; padding: 0; }
nav li { display: inline-block; margin-right: 1.2rem; } nav li.of { display: block; margin: .15rem 0; }
.wide { overflow-x: auto; margin: .6rem 0; } table { border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: normal; }
th { vertical-align: bottom; } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th.number { white-space: normal; } .text { margin: .4rem 0; } .text p { margin: .3rem 0; } .claim { margin: .3rem 0; }
.short { white-space: nowrap; } .long { min-width: 12rem; overflow-wrap: anywhere; }
.faint { color: var(--faint); } .warn, .missing { color: var(--warn); } .missing { font-weight: 600; }
details.cited { font-size: .8rem; color: var(--faint); }
details.cited summary { cursor: pointer; color: var(--link); list-style: none; }
details.cited summary::-webkit-details-marker { display: none; }
details.cited summary::before { content: "▸\\a0"; } details.cited[open] summary::before { content: "▾\\a0"; }
.claim > details.cited, .claim > details.cited summary { display: inline; } td summary { white-space: nowrap; }
details.cited ul { margin: .2rem 0 .4rem; padding: .4rem .6rem .4rem 1.4rem; background: var(--soft); }
td details.cited ul { min-width: 14rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin: 1rem 0;
  align-items: start; }
.molecules { grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); }
figure { margin: 0; padding: .6rem; border: 1px solid var(--line); break-inside: avoid; }
figcaption { font-size: .9rem; } .smiles { display: block; font-size: .75rem; margin-top: .2rem; }
img { background: #ffffff; max-width: 100%; height: auto; display: block; margin: 0 auto; }
svg { width: 100%; height: auto; display: block; } svg text { font: 11px system-ui, sans-serif; fill: var(--text); }
svg .faint { fill: var(--faint); } svg .mark { fill: var(--mark); } svg .grid { stroke: var(--line); stroke-width: 1; }
.record { border-bottom: 1px solid var(--line); font-size: .9rem; padding: .35rem 0; } .record p { margin: 0; }
.record summary { cursor: pointer; } .record:target { background: var(--soft); }
footer { margin-top: 2.5rem; font-size: .85rem; color: var(--faint); }
@media screen and (max-width: 40rem) {
  /* What a row is about stays in sight while the row is moved. */
  th:first-child, td:first-child { position: sticky; left: 0; max-width: 45vw; background: var(--back); }
  td:not(.short, .number) { min-width: 9rem; } td:first-child:not(.short, .number) { overflow-wrap: anywhere; }
  .molecules { grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 1fr)); }
}
@page { margin: 1.6cm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
@media print {
  :root { color-scheme: light; --text: #000000; --back: #ffffff; --faint: #444444; --line: #bbbbbb; --soft: #ffffff; --link: #000000;
    --warn: #000000; --mark: #444444; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .record details { display: none; } a { text-decoration: none; }
  .wide { overflow: visible; } table { font-size: 8pt; } th, td { padding-right: .5rem; } tr, .claim, .record { break-inside: avoid; }
  td summary { white-space: normal; }
  h2, h3 { break-after: avoid; } h2.subject { break-before: page; }
  .figures { grid-template-columns: repeat(2, 1fr); gap: .4rem; } .molecules { grid-template-columns: repeat(4, 1fr); }
  figcaption { font-size: 8pt; } .smiles { font-size: 6.5pt; }
  .records { columns: 2; column-gap: 1cm; } .record { font-size: 7.5pt; line-height: 1.35; }
  details.cited { font-size: .9em; color: inherit; } details.cited summary::before { content: none !important; }
}
""".strip()
