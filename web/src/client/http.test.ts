import { afterEach, expect, test, vi } from "vitest";
import { ApiError, askAhead, asProblem, get, problemOf, queryString, streamed } from "./http";

afterEach(() => vi.unstubAllGlobals());
const answering = (status: number, body: unknown) => {
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
};

test("empty values stay out of a query, lists repeat their key", () => {
  expect(queryString({ q: "a b", via: ["x", "", "y"], at: "", n: 0, off: false })).toBe("?q=a+b&via=x&via=y&n=0");
  expect(queryString({})).toBe("");
});
test("two questions for the same at the same time are one", async () => {
  const fetched = answering(200, { n: 1 });
  expect(await Promise.all([get("/v1/x"), get("/v1/x")])).toEqual([{ n: 1 }, { n: 1 }]);
  await get("/v1/x");
  expect(fetched).toHaveBeenCalledTimes(2);
});
test("what was asked ahead is taken once", async () => {
  const fetched = answering(200, { n: 1 });
  askAhead("/v1/z", { kind: "base" });
  await new Promise((done) => setTimeout(done));
  expect(await get("/v1/z", { kind: "base" })).toEqual({ n: 1 });
  expect(fetched).toHaveBeenCalledTimes(1);
  await get("/v1/z", { kind: "base" });
  expect(fetched).toHaveBeenCalledTimes(2);
});
test("an error of the API is told with its hint", async () => {
  const problem = { error: "no_route", message: { zh: "走不通", en: "No way" }, field: null, hint: { zh: "换一个", en: "Other" } };
  answering(409, problem);
  const error = await get("/v1/y").catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ApiError);
  expect(asProblem(error)).toEqual(problem);
});
test("an error in another shape becomes a sentence with its status", () => {
  expect(problemOf(502, null).message.zh).toContain("502");
  expect(problemOf(500, { message: "boom" }).error).toBe("unexpected");
});
test("a server that can't be reached is said so", () => expect(asProblem(new TypeError("x")).error).toBe("unreachable"));
test("a stream gives its events one by one, also where a chunk ends within one", async () => {
  const chunks = ["event: heard\nda", 'ta: [1]\n\n: still here\n\nevent: reply\ndata: {"text":"好"}\n\n'];
  const sent = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  vi.stubGlobal("fetch", async () => new Response(sent));
  const events = [];
  for await (const { event, data } of streamed("/v1/ask", {})) events.push([event, JSON.parse(data)]);
  expect(events).toEqual([["heard", [1]], ["reply", { text: "好" }]]);
});
