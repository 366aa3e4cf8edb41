/** A text with the pages of this console that it names, such as `/plans/abc`. */
export interface Part {
  text: string;
  /** The address of a page; null for words. */
  to: string | null;
}

const PAGE = /(\/plans\/[\w-]+)/;

export const partsOf = (text: string): Part[] =>
  text
    .split(PAGE)
    .filter(Boolean)
    .map((part) => ({ text: part, to: PAGE.test(part) ? part : null }));
