import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { languageOf, nameIn } from "./index";
import en from "./en";
import zh from "./zh";

function keys(messages: object, prefix = ""): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === "string" ? [`${prefix}${key}`] : keys(value as object, `${prefix}${key}.`),
  );
}
function texts(messages: object): string[] {
  return Object.values(messages).flatMap((value) => (typeof value === "string" ? [value] : texts(value as object)));
}
function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((f) => /\.(vue|ts)$/.test(f.name) && !/\.test\.ts$|schema\.ts$/.test(f.name) && !/^(.*\.)?(zh|en)\.ts$/.test(f.name))
    .map((f) => readFileSync(join(f.parentPath, f.name), "utf8"))
    .join("\n");
}
const code = sources(join(process.cwd(), "src"));
const known = keys(zh);

test("every word exists in Chinese and in English", () => expect(keys(en).sort()).toEqual([...known].sort()));
test("no word is empty", () => expect([...texts(zh), ...texts(en)].filter((word) => !word.trim())).toEqual([]));
test("placeholders agree", () => {
  const slots = (messages: object): string[] => texts(messages).map((m) => (m.match(/\{\w+\}/g) ?? []).sort().join());
  expect(slots(en)).toEqual(slots(zh));
});

test("every key used in the code exists", () => {
  const used = [...code.matchAll(/\bt\(\s*["'`]([\w.]+)["'`]/g), ...code.matchAll(/title: "(nav\.\w+)"/g)].map((m) => m[1]!);
  expect(used.length).toBeGreaterThan(100);
  expect([...new Set(used)].filter((key) => !known.includes(key))).toEqual([]);
});

test("no key is left that nothing uses", () => {
  const families = [...code.matchAll(/`(\w+(?:\.\w+)*)[._]\$\{/g)].map((m) => m[1]!);
  const isUsed = (key: string): boolean =>
    code.includes(`"${key}"`) || code.includes(`'${key}'`) || families.some((family) => key.startsWith(family));
  expect(known.filter((key) => !isUsed(key))).toEqual([]);
});

test("no component holds Chinese words of its own", () => {
  expect(code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").match(/[\u4e00-\u9fff]+/g) ?? []).toEqual(["连不上服务器", "请检查网络", "或确认", "正在运行", "然后重试", "服务器返回了意外的结果", "请稍后重试", "如仍出现", "请联系管理员"]);
});

test("a Chinese browser reads Chinese, any other English", () => {
  expect([languageOf(["zh-TW"]), languageOf(["de", "zh"]), languageOf([])]).toEqual(["zh", "en", "en"]);
});
test("a name falls back to what there is", () => {
  expect(nameIn({ ko: "도서관" }, "en")).toBe("도서관");
  expect(nameIn({ "zh-Hans": "图书馆", en: "Library" }, "zh")).toBe("图书馆");
  expect(nameIn({}, "zh")).toBe("");
});
