// Blanks what is not code, so that a rule's pattern never matches inside a comment or a string. Positions and
// line ends stay, so an offset in the result is an offset in the file.

/**
 * @typedef {object} BlankedSource
 * @property {string} code the text with comments blanked (strings stay: import rules read them)
 * @property {string} bare the text with comments and the insides of strings and regular expressions blanked
 */

const REGEX_MAY_FOLLOW =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|=>|\b(?:return|typeof|case|in|of|delete|void|throw|await|yield))$/;

/** @param {string} text */
const spaces = (text) => text.replace(/[^\n]/g, ' ');

/**
 * One pass over TypeScript or JavaScript. Template literals are walked with a stack, so code inside `${…}` stays code.
 * @param {string} source
 * @returns {BlankedSource}
 */
export function blankSource(source) {
  let code = '';
  let bare = '';
  /** @type {number[]} the depth of braces at which each open template resumes */
  const templates = [];
  let braces = 0;
  let at = 0;

  /** @param {string} piece @param {string} inCode @param {string} inBare */
  const take = (piece, inCode, inBare) => {
    code += inCode;
    bare += inBare;
    at += piece.length;
  };
  const takeTemplateText = () => {
    const piece = /^(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/.exec(source.slice(at))?.[0] ?? '';
    take(piece, piece, spaces(piece));
    if (source.startsWith('${', at)) {
      templates.push(braces);
      take('${', '${', '${');
    } else if (at < source.length) take('`', '`', '`');
  };

  while (at < source.length) {
    const rest = source.slice(at, at + 2);
    const char = rest[0] ?? '';
    if (rest === '//' || rest === '/*') {
      const end = rest === '//' ? source.indexOf('\n', at) : source.indexOf('*/', at + 2) + 2;
      const piece = source.slice(at, end < at + 2 ? source.length : end);
      take(piece, spaces(piece), spaces(piece));
    } else if (char === '"' || char === "'") {
      const piece = quoted(source, at, char);
      take(piece, piece, char + spaces(piece.slice(1, -1)) + char);
    } else if (char === '`') {
      take('`', '`', '`');
      takeTemplateText();
    } else if (char === '}' && templates.at(-1) === braces) {
      templates.pop();
      take('}', '}', '}');
      takeTemplateText();
    } else if (char === '/' && REGEX_MAY_FOLLOW.test(bare.slice(-40).trimEnd())) {
      const piece =
        /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/.exec(source.slice(at, at + 2000))?.[0] ?? '/';
      take(piece, piece, piece === '/' ? '/' : spaces(piece));
    } else {
      if (char === '{') braces += 1;
      if (char === '}') braces -= 1;
      take(char, char, char);
    }
  }
  return { code, bare };
}

/** @param {string} source @param {number} start @param {string} quote */
function quoted(source, start, quote) {
  let end = start + 1;
  while (end < source.length && source[end] !== quote && source[end] !== '\n')
    end += source[end] === '\\' ? 2 : 1;
  return source.slice(start, end + 1);
}

/** The 1-based line of an offset. @param {string} text @param {number} offset */
export function lineAt(text, offset) {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
