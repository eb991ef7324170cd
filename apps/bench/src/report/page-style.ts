/** How the report looks: one measure, one accent, figures in columns that line up. */
export const pageStyle = `
:root{--ink:#1b1f24;--quiet:#5b6470;--line:#e4e1d9;--paper:#fbfaf7;--card:#fff;--ours:#1a7f4b}
*{box-sizing:border-box}
body{font:15px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif;max-width:76rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.9rem;letter-spacing:-.02em;margin:0}h2{font-size:1.2rem;line-height:1.35;margin:0 0 .2rem}
code{font:.85em ui-monospace,'SF Mono',Menlo,monospace;background:#f0ede5;padding:.1em .4em;border-radius:4px;overflow-wrap:anywhere}
small,footer,.about{color:var(--quiet)}
header p{margin:.3rem 0 1rem}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:.35rem 2rem;margin:0;padding:1rem 1.25rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
dl div:last-child{grid-column:1/-1}dl div{display:grid;grid-template-columns:5.5rem 1fr}dt{color:var(--quiet)}dd{margin:0}
nav{margin:2rem 0}nav ol{margin:.5rem 0 0;padding-left:1.4rem}nav li{padding:.1rem 0}a{color:inherit;text-decoration-color:#b9b4a7}
nav b{color:var(--ink);font-variant-numeric:tabular-nums}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.25rem;margin:0 0 1.75rem;scroll-margin-top:1rem}
.about{margin:0 0 .75rem;font-size:.9rem}
pre{margin:0;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere}
svg{display:block;max-width:100%;height:auto}
.scroll{overflow-x:auto;margin-top:.75rem}
table{border-collapse:collapse;width:100%;font-size:.8rem;font-variant-numeric:tabular-nums;white-space:nowrap}
th,td{padding:.3rem .45rem;text-align:right;vertical-align:top}
th{font-weight:600;color:var(--quiet)}
thead tr:first-child th{text-align:center;border-bottom:1px solid var(--line)}
thead tr:last-child th{border-bottom:1px solid var(--line)}
tbody th{text-align:left;background:#f6f4ee;color:var(--ink)}
tbody td{border-bottom:1px solid #f0ede5}
td:first-child{text-align:left;white-space:normal;min-width:13rem}td:first-child small{display:block;line-height:1.35}
tr.ours td{background:#f1f8f3}tr.ours td:first-child b{color:var(--ours)}
.group{border-left:1px solid var(--line)}
.facts{margin:.75rem 0 0;padding-left:1.2rem;font-size:.84rem;color:var(--quiet)}
@media print{body{max-width:none;padding:0;background:#fff}section{break-inside:avoid}}
`;
