/** Where the values of the process tests belong: a list of all that was stored of a key, in the order it was. */
export const rowsOf = (key: string): string => `rows:{${key}}`;
