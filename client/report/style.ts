/** The page's look, on a screen and on A4 paper, in colour or not. @module */

export const style = `
@page { size: A4; margin: 14mm 14mm 16mm; }
* { box-sizing: border-box; }
:root { --ink: #16202a; --soft: #5a6772; --line: #d5dce2; --good: #0b6b3a; --bad: #a3171f; --warn: #8a4b00; }
body { margin: 0 auto; padding: 10mm; max-width: 210mm; background: #fff; color: var(--ink);
  font: 10pt/1.45 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 1mm; }
h2 { font-size: 12.5pt; margin: 8mm 0 2mm; padding-bottom: 1mm; border-bottom: 1.5pt solid var(--ink); break-after: avoid; }
p { margin: 0 0 2mm; }
.soft { color: var(--soft); }
.verdict { border: 1.5pt solid; border-left-width: 6pt; padding: 3mm 4mm; margin: 4mm 0; break-inside: avoid; }
.verdict strong { display: block; font-size: 13pt; }
.verdict.good { color: var(--good); }
.verdict.bad { color: var(--bad); }
.labels { display: grid; gap: 2mm; margin: 0 0 4mm; padding: 0; list-style: none; }
.labels li { border: 1pt solid var(--warn); color: var(--warn); padding: 1.5mm 3mm; font-weight: 600; }
.labels li.plain { border-color: var(--line); color: var(--ink); font-weight: 400; }
code { font: 8pt/1.35 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1pt solid var(--ink); }
th, td { padding: 1.2mm 2mm 1.2mm 0; vertical-align: top; }
td { border-bottom: .5pt solid var(--line); overflow-wrap: anywhere; }
tr { break-inside: avoid; }
.numbers td, .numbers th { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
.checks td:first-child, .checks td:nth-child(2) { white-space: nowrap; overflow-wrap: normal; }
.good-word { color: var(--good); font-weight: 600; }
.bad-word { color: var(--bad); font-weight: 700; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 34mm 1fr; gap: 2mm; padding: .7mm 0; border-bottom: .5pt solid var(--line); break-inside: avoid; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
td dl > div { grid-template-columns: 26mm 1fr; border: 0; padding: 0; font-size: 8pt; }
.centres { display: grid; grid-template-columns: 108mm 1fr; gap: 5mm; align-items: start; break-inside: avoid; }
.centres svg { width: 100%; height: auto; border: .5pt solid var(--line); }
@media (max-width: 170mm) and (not print) { .centres { grid-template-columns: 1fr; } }
@media print { body { padding: 0; max-width: none; } }
`;
