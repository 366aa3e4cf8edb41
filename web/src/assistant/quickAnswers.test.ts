import { expect, test } from "vitest";
import type { Reply, Text } from "@/client/model";
import en from "@/i18n/en";
import zh from "@/i18n/zh";
import { quickAnswers } from "./quickAnswers";

const text = (words: string): Text => ({ zh: `${words}。`, en: words });
const reply = (part: Partial<Reply>): Reply => ({ options: [], suggestions: [], pending: null, move: "answer", ...part }) as Reply;
const words = (part: Partial<Reply> | null) => quickAnswers(part && reply(part), (said) => said.en, (key) => key);

test("nothing is offered before the first reply, nor after a plain answer", () => {
  expect(words(null)).toEqual([]);
  expect(words({})).toEqual([]);
});
test("an act can be confirmed, declined and cancelled", () => {
  expect(words({ move: "confirm", pending: text("Book A301?") })).toEqual(["ask.yes", "ask.no", "ask.cancel"]);
});
test("a choice offers its options in the language of the reader", () => {
  const options = [{ value: "a", label: text("Tower A") }, { value: "b", label: text("Tower B") }];
  expect(words({ move: "choose", options, pending: text("Which?") })).toEqual(["Tower A", "Tower B", "ask.cancel"]);
  expect(quickAnswers(reply({ options }), (said) => said.zh, (key) => key)).toEqual(["Tower A。", "Tower B。"]);
});
test("what is suggested is offered once", () => {
  expect(words({ suggestions: [text("Back to the booking"), text("Back to the booking")] })).toEqual(["Back to the booking"]);
});
test("the words of the buttons are there in both languages", () => {
  for (const key of ["yes", "no", "cancel", "answers", "answerHint"] as const) expect(en.ask[key] && zh.ask[key]).toBeTruthy();
});
