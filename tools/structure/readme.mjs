// A README by its sections.

/** Second-level headings outside of code blocks. @param {string} text */
export function headings(text) {
  let fenced = false;
  return text.split('\n').flatMap((content, index) => {
    if (/^\s*(?:```|~~~)/.test(content)) fenced = !fenced;
    const title = fenced ? undefined : /^## +(.+?)\s*$/.exec(content)?.[1];
    return title === undefined ? [] : [{ title, line: index + 1 }];
  });
}

/**
 * The lines below a heading, up to the next; undefined when there is none of that title.
 * @param {string} text @param {string} title
 */
export function sectionOf(text, title) {
  const all = headings(text);
  const at = all.findIndex((heading) => heading.title === title);
  const start = all[at]?.line;
  if (start === undefined) return undefined;
  const lines = text.split('\n').slice(start, (all[at + 1]?.line ?? Number.POSITIVE_INFINITY) - 1);
  return lines.map((content, index) => ({ content, line: start + 1 + index }));
}
