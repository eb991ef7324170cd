import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** How long a text may be that the user of a service chose, where nothing else is said. */
const longest = 200;

/**
 * A text that the user of a service chose, such as an id or a group: 1 to 200 characters, well-formed, so that encoding it loses
 * nothing, and without NUL, which may part texts where they are stored together. Gives it back; throws `InvalidArgumentError`.
 */
export function checkText(argument: string, text: string): string {
  if (
    typeof text !== 'string' ||
    text.length === 0 ||
    text.length > longest ||
    text.includes('\0') ||
    /\p{Surrogate}/u.test(text)
  )
    throw new InvalidArgumentError(
      argument,
      `must be 1 to ${longest} characters of well-formed text without NUL`,
      text,
    );
  return text;
}
