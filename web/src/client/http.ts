/** The one HTTP client: JSON in, JSON out, and errors a person can read. */
import { type EventSourceMessage, EventSourceParserStream } from "eventsource-parser/stream";
import type { Problem, Text } from "./model";

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.message.en);
    this.status = status;
    this.problem = problem;
  }
}

const UNREACHABLE: Problem = {
  error: "unreachable",
  message: { zh: "连不上服务器。", en: "The server can't be reached." },
  field: null,
  hint: {
    zh: "请检查网络，或确认 yuanli 正在运行，然后重试。",
    en: "Check the network, or that yuanli is running, then try again.",
  },
};

function isText(value: unknown): value is Text {
  return typeof value === "object" && value !== null && "zh" in value && "en" in value;
}

/** Read an error body; anything else than our own shape becomes a plain sentence with the status. */
export function problemOf(status: number, body: unknown): Problem {
  const given = body as Partial<Problem> | null;
  if (given && isText(given.message)) {
    return {
      error: given.error ?? "error",
      message: given.message,
      field: given.field ?? null,
      hint: isText(given.hint) ? given.hint : null,
    };
  }
  return {
    error: "unexpected",
    message: { zh: `服务器返回了意外的结果（${status}）。`, en: `The server gave an unexpected answer (${status}).` },
    field: null,
    hint: { zh: "请稍后重试；如仍出现，请联系管理员。", en: "Try again later; if it stays, tell the administrator." },
  };
}

/** Turn whatever was thrown into a problem to show. */
export function asProblem(error: unknown): Problem {
  return error instanceof ApiError ? error.problem : UNREACHABLE;
}

type Scalar = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, Scalar | readonly string[]>>;

/** Write a query string; empty values are left out, lists repeat their key. */
export function queryString(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value as Scalar];
    for (const item of values) {
      if (item !== null && item !== undefined && item !== "" && item !== false) pairs.append(key, String(item));
    }
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

interface Sending {
  signal?: AbortSignal;
  accept?: string;
}

async function send(method: string, path: string, body?: unknown, { signal, accept }: Sending = {}): Promise<Response> {
  const form = body instanceof FormData || body instanceof Blob;
  const headers: Record<string, string> = accept ? { accept } : {};
  if (body !== undefined && !form) headers["content-type"] = "application/json";
  const payload = body === undefined ? undefined : form ? body : JSON.stringify(body);
  const reply = await fetch(path, { method, headers, body: payload, signal, credentials: "same-origin" });
  if (reply.ok) return reply;
  throw new ApiError(reply.status, problemOf(reply.status, await reply.json().catch(() => null)));
}

async function parsed<T>(reply: Response): Promise<T> {
  const text = await reply.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

const asking = new Map<string, Promise<unknown>>();
const asked = new Map<string, Promise<unknown>>();
/** An answer that nobody took by then is old. */
const AHEAD_MS = 10_000;

/** Ask for what will be needed soon: the first to ask for the same takes this answer. */
export function askAhead(path: string, query: Query = {}): void {
  const url = path + queryString(query);
  const answer = get(path, query);
  const forget = (): void => void asked.delete(url);
  asked.set(url, answer);
  answer.catch(forget);
  setTimeout(forget, AHEAD_MS);
}

function taken(url: string): Promise<unknown> | undefined {
  const answer = asked.get(url);
  asked.delete(url);
  return answer;
}

/** Ask; two questions for the same at the same time are one. */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const url = path + queryString(query);
  const known = signal ? undefined : (taken(url) ?? asking.get(url));
  if (known) return known as Promise<T>;
  const answer = send("GET", url, undefined, { signal }).then((reply) => parsed<T>(reply));
  if (signal) return answer;
  asking.set(url, answer);
  const forget = (): void => void asking.delete(url);
  answer.then(forget, forget);
  return answer;
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return parsed<T>(await send("POST", path, body));
}

/** Post, and take the answer event by event. */
export async function* streamed(path: string, body: unknown): AsyncGenerator<EventSourceMessage> {
  const reply = await send("POST", path, body, { accept: "text/event-stream" });
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) yield next.value;
}

/** Ask for a file. */
export const download = (path: string): Promise<Response> => send("GET", path);
/** Post, and take the file that comes back. */
export const fetched = (path: string, body: unknown): Promise<Response> => send("POST", path, body);

export async function put<T>(path: string, body: unknown): Promise<T> {
  return parsed<T>(await send("PUT", path, body));
}

export async function patch<T>(path: string, body: unknown): Promise<T> {
  return parsed<T>(await send("PATCH", path, body));
}

export async function remove(path: string, query: Query = {}): Promise<void> {
  await send("DELETE", path + queryString(query));
}
