import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { toHtml } from './html.js';
import type { Report } from './report.js';

/** Writes the page, and before it the JSON where it is wanted, and says where. */
export function writeReport(
  report: Report,
  { json, html }: { readonly json: string | undefined; readonly html: string },
): void {
  // The command runs through package scripts: relative names mean the folder the user stood in.
  const from = process.env.INIT_CWD ?? process.cwd();
  if (json !== undefined) writeFileSync(resolve(from, json), JSON.stringify(report, null, 2));
  writeFileSync(resolve(from, html), toHtml(report));
  console.log(`\nreport: ${html}${json === undefined ? '' : `, ${json}`}`);
}
