/** A model's card is Markdown of few forms: headings, paragraphs, lists and tables. */
export type Block =
  | { kind: "text"; text: string }
  | { kind: "list"; items: string[] }
  | { kind: "table"; head: string[]; rows: string[][] };
export interface Section {
  title: string;
  blocks: Block[];
}

const cells = (line: string): string[] => line.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
const RULE = /^\|[\s:|-]+\|$/;

function blockOf(lines: readonly string[]): Block {
  if (lines.every((line) => line.startsWith("- "))) return { kind: "list", items: lines.map((line) => line.slice(2)) };
  if (lines.length > 1 && RULE.test(lines[1]!)) return { kind: "table", head: cells(lines[0]!), rows: lines.slice(2).map(cells) };
  return { kind: "text", text: lines.join("\n") };
}

/** The parts of a card below its title; what stands before the first heading has none. */
export function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = [];
  for (const part of markdown.split(/\n{2,}/)) {
    const lines = part.split("\n").filter((line) => line.trim());
    while (lines[0]?.startsWith("#")) {
      const title = lines.shift()!;
      if (title.startsWith("## ")) sections.push({ title: title.slice(3).trim(), blocks: [] });
    }
    if (!lines.length) continue;
    if (!sections.length) sections.push({ title: "", blocks: [] });
    sections.at(-1)!.blocks.push(blockOf(lines));
  }
  return sections.filter((section) => section.blocks.length);
}

/** Without the table of scores, which is shown by itself. */
export const withoutScores = (sections: readonly Section[], scores: readonly { name: string }[]): Section[] =>
  sections.filter(({ blocks }) => !blocks.some((block) => block.kind === "table" && block.rows.every(([name]) => scores.some((score) => score.name === name))));
