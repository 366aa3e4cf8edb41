/** Numbers as people read them, and tables as spreadsheets do. */
import type { MediumTotal } from "@/client/energy";

export function figure(value: number | null | undefined, language: string, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const most = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: most }).format(value);
}

export function money(value: string | null | undefined, currency: string, language: string): string {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB", { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(Number(value));
}

const HAN = /[\u4e00-\u9fff]/;
/** A source in the language that is read, where it is written in both: `公告 / Notice`. */
export function cited(source: string | null | undefined, language: string): string {
  const parts = /^(.+?) \/ (.+?)( \(\d{4}\))?$/.exec(source ?? "");
  if (!parts || !HAN.test(parts[1]!) || HAN.test(parts[2]!)) return source ?? "";
  return `${language === "zh" ? parts[1] : parts[2]}${parts[3] ?? ""}`;
}

/** `+3.4 %`; a dash where nothing can be compared. */
export function change(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value * 100).toFixed(1)} %`;
}

export const comparedTo = (total: MediumTotal | undefined, against: string) => total?.compared?.find((one) => one.against === against);

type Cell = string | number | null | undefined;
/** CSV with a byte order mark, so that spreadsheets read Chinese; no cell becomes a formula. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function saveText(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
