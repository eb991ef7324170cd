import { caseSection } from './case-section.js';
import { escapeHtml } from './escape-html.js';
import { pageStyle } from './page-style.js';
import { type CaseReport, isOurs, type Report, times, type UnmeasuredCase } from './report.js';

/** The report as one self-contained page: a plot and a table per case, no script, nothing loaded. */
export function toHtml(report: Report): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Penknife benchmarks</title><style>${pageStyle}</style></head><body>
<header><h1>Penknife benchmarks</h1><p><code>${escapeHtml(report.command)}</code></p>
${circumstances(report)}</header>
<nav><h2>The questions</h2><ol>${[...report.cases.map(indexEntry), ...report.unmeasured.map(unmeasuredEntry)].join('\n')}</ol></nav>
<main>${report.cases.map(caseSection).join('\n')}${report.unmeasured.map(unmeasuredSection).join('\n')}</main>
<footer>Read ratios, not absolutes: client and server share one machine, and every contestant of a case met the same minutes
of it. A peer that promises less is not faster; what each promises stands under its name.</footer>
</body></html>
`;
}

function circumstances({ machine, versions, effort, startedAt }: Report): string {
  const facts: readonly (readonly [string, string])[] = [
    ['started', startedAt.replace('T', ' ').replace(/\..*/, ' UTC')],
    ['runtime', `Node ${machine.node}`],
    ['machine', `${machine.cores} cores, ${machine.model}, ${machine.platform}; client and server share it`],
    ['network', 'loopback TCP; one private server a case'],
    [
      'rounds',
      `${effort.rounds} of ${effort.roundMs} ms after a warm-up of ${effort.warmUpMs} ms, interleaved; medians, ± half the quartile distance`,
    ],
    ['ratio', 'throughput over that of the first contestant, ours, in the same round'],
    [
      'libraries',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(' · '),
    ],
  ];
  return `<dl>${facts.map(([name, fact]) => `<div><dt>${name}</dt><dd>${escapeHtml(fact)}</dd></div>`).join('')}</dl>`;
}

/** A case with the ratio of its fastest peer, where most is in flight. */
function indexEntry({ name, question, figures }: CaseReport): string {
  const most = Math.max(...figures.map(({ inFlight }) => inFlight));
  const peers = figures.filter((one, place) => one.inFlight === most && !isOurs(one, place));
  const fastest = peers.reduce((best, peer) => Math.max(best, peer.ratio), 0);
  const told =
    fastest === 0
      ? ''
      : `<b>${times(1 / fastest)}</b> the fastest peer${most > 1 ? `, ${most} in flight` : ''}`;
  return `<li><a href="#${escapeHtml(name)}">${escapeHtml(question)}</a> <small>${told}</small></li>`;
}

/** A case without figures says so where its plot would be. */
function unmeasuredSection({ name, question, error }: UnmeasuredCase): string {
  return `<section id="${escapeHtml(name)}"><h2>${escapeHtml(question)}</h2>
<p class="about"><code>${escapeHtml(name)}</code> · no figures</p><pre>${escapeHtml(error)}</pre></section>`;
}

function unmeasuredEntry({ name, question }: UnmeasuredCase): string {
  return `<li><a href="#${escapeHtml(name)}">${escapeHtml(question)}</a> <small>no figures</small></li>`;
}
