import { expect, test } from "vitest";
import { type Tab, withTab, withoutTab } from "./tabs";

const tab = (path: string, fullPath = path): Tab => ({ path, title: `nav${path}`, fullPath });
const open = [tab("/map"), tab("/go"), tab("/ask")];

test("a page that is open keeps its place and takes the new address", () => {
  const tabs = withTab(open, tab("/go", "/go?to=a"));
  expect(tabs.map((t) => t.fullPath)).toEqual(["/map", "/go?to=a", "/ask"]);
});

test("a new page opens at the end", () => {
  expect(withTab(open, tab("/about")).map((t) => t.path)).toEqual(["/map", "/go", "/ask", "/about"]);
});

test("closing a tab goes to the one on its right, or the last", () => {
  expect(withoutTab(open, "/go").next).toBe("/ask");
  expect(withoutTab(open, "/ask").next).toBe("/go");
  expect(withoutTab([tab("/go")], "/go")).toEqual({ tabs: [], next: "/map" });
});
