/**
 * The admin API, typed from its own OpenAPI document.
 *
 *     const flow = await answer(client.GET("/flows/{id}", { params: { path: { id } } }));
 *
 * `answer` gives the body and throws a `Problem` for everything else; `answerWithTag` gives the ETag too.
 */
import createClient from "openapi-fetch";

import { confirmIdentity } from "./identity";
import { offline, readProblem } from "./problems";
import type { paths } from "./schema.gen";

export const API = "/admin/api/v1";

export const client = createClient<paths>({
  baseUrl: API,
  // The cookie goes along by itself; another site cannot set this header, so its forms are refused.
  headers: { "X-IDP-Console": "1" },
  fetch: send,
});

/** Send a request; where the provider wants to know again who sits here, ask, and send it once more. */
export async function send(request: Request): Promise<Response> {
  const said = await setKey(request);
  const again = request.clone();
  const response = await reach(request, said);
  if (response.status !== 401) return response;
  const problem = await readProblem(response);
  const demand = problem.kind === "step-up-required" ? "step-up" : "sign-in";
  return (await confirmIdentity(demand)) ? reach(again, said) : response;
}

const KEY = "Idempotency-Key";
/** Nobody knows whether these were done: their keys, by what they said. The same words sent again get the same key. */
const unanswered = new Map<string, string>();

/** Give a request that does something a key under which it is done once, however often it is sent. Returns what it says. */
async function setKey(request: Request): Promise<string> {
  if (request.method !== "POST") return "";
  const said = [request.url, request.headers.get("If-Match") ?? "", await request.clone().text()].join("\n");
  request.headers.set(KEY, unanswered.get(said) ?? crypto.randomUUID());
  return said;
}

async function reach(request: Request, said: string): Promise<Response> {
  const key = request.headers.get(KEY);
  try {
    const response = await fetch(request);
    // What stands between may have lost the answer: 502 and 504 do not say whether it was done.
    if (key !== null && [502, 504].includes(response.status)) unanswered.set(said, key);
    else unanswered.delete(said);
    return response;
  } catch {
    if (key !== null) unanswered.set(said, key);
    throw offline();
  }
}

type Result<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response };

/** The body of an answer. Throws a `Problem` when it is not a good one. */
export async function answer<T>(asked: Promise<Result<T>>): Promise<T> {
  return (await answerWithTag(asked)).body;
}

/** The body of an answer and its ETag, to be sent back as `If-Match`. Throws a `Problem` when it is not a good one. */
export async function answerWithTag<T>(asked: Promise<Result<T>>): Promise<{ body: T; etag: string | undefined }> {
  const { data, error, response } = await asked;
  // openapi-fetch has read the body of a refusal already; the problem is made from what it read.
  if (!response.ok) throw await problemFrom(response, error);
  return { body: data as T, etag: response.headers.get("ETag") ?? undefined };
}

/** The same for what can be changed, which always has a tag. */
export async function answerTagged<T>(asked: Promise<Result<T>>): Promise<{ body: T; etag: string }> {
  const { body, etag } = await answerWithTag(asked);
  return { body, etag: etag ?? "" };
}

async function problemFrom(response: Response, error: unknown) {
  const type = response.headers.get("Content-Type") ?? "application/problem+json";
  const body = typeof error === "string" ? error : JSON.stringify(error ?? {});
  const headers = new Headers({ "Content-Type": type });
  const etag = response.headers.get("ETag");
  if (etag !== null) headers.set("ETag", etag);
  return readProblem(new Response(body, { status: response.status, headers }));
}
