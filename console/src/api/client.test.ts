import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { answer, answerWithTag, client, send } from "./client";
import { confirmIdentity, setAsker } from "./identity";
import { Problem } from "./problems";

const asked: Request[] = [];
let answers: (() => Response)[] = [];

function problem(status: number, kind: string, more: object = {}): () => Response {
  return () =>
    new Response(JSON.stringify({ type: `urn:idp:problem:${kind}`, title: kind, detail: `It is ${kind}.`, ...more }), {
      status,
      headers: { "Content-Type": "application/problem+json", ETag: '"7"' },
    });
}

function body(value: unknown): () => Response {
  return () => new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json", ETag: '"8"' } });
}

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    const next = answers.shift();
    return next === undefined ? Promise.reject(new TypeError("no network")) : Promise.resolve(next());
  });
});
afterEach(() => {
  answers = [];
  vi.unstubAllGlobals();
});

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const caught: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(caught).toBeInstanceOf(Problem);
  return caught as Problem;
}

describe("the admin API", () => {
  it("is asked at its path, with the header that other sites cannot set", async () => {
    answers = [body({ roles: ["owner"] })];
    await answer(client.GET("/me"));
    expect(new URL(asked[0]!.url).pathname).toBe("/admin/api/v1/me");
    expect(asked[0]!.headers.get("X-IDP-Console")).toBe("1");
  });

  it("does once what is sent again because no answer came", async () => {
    const block = (reason: string) =>
      client.POST("/users/{user_id}/block", { params: { path: { user_id: "1" }, header: { "If-Match": '"1"' } }, body: { reason } });
    await failure(answer(block("Lost phone")));
    answers = [body({}), body({}), body({})];
    await answer(block("Lost phone"));
    await answer(block("Lost phone"));
    await answer(block("Another reason"));
    const keys = asked.map((request) => request.headers.get("Idempotency-Key"));
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
  });

  it("takes no key for what changes nothing", async () => {
    answers = [body({ roles: [] })];
    await answer(client.GET("/me"));
    expect(asked[0]!.headers.has("Idempotency-Key")).toBe(false);
  });

  it("gives the body and its tag", async () => {
    answers = [body({ roles: ["owner"] })];
    const { body: read, etag } = await answerWithTag(client.GET("/me"));
    expect(read.roles).toEqual(["owner"]);
    expect(etag).toBe('"8"');
  });

  it("says what is wrong with which field", async () => {
    answers = [problem(422, "invalid", { errors: [{ pointer: "/name", code: "taken", detail: "It is taken." }] })];
    const found = await failure(answer(client.GET("/me")));
    expect(found.kind).toBe("invalid");
    expect(found.at("/name")).toBe("It is taken.");
    expect(found.at("/other")).toBeUndefined();
  });

  it("hands over the representation as it is now when somebody else changed it", async () => {
    answers = [problem(412, "precondition-failed", { current: { text: "theirs" } })];
    const found = await failure(answer(client.GET("/me")));
    expect(found.current).toEqual({ text: "theirs" });
    expect(found.etag).toBe('"7"');
  });

  it("calls a server that does not answer offline", async () => {
    const found = await failure(answer(client.GET("/me")));
    expect(found.kind).toBe("offline");
    expect(found.status).toBe(0);
  });

  it("makes a problem of an answer that is none", async () => {
    answers = [() => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Content-Type": "text/html" } })];
    const found = await failure(answer(client.GET("/me")));
    expect(found.kind).toBe("unavailable");
    expect(found.message).toContain("502");
  });
});

describe("a request that takes a fresh sign-in", () => {
  const post = () => new Request("http://localhost/admin/api/v1/keys", { method: "POST", body: '{"typed":true}' });

  it("is sent again with what was typed when the person confirms", async () => {
    const demands: string[] = [];
    const take = setAsker((demand) => {
      demands.push(demand);
      return Promise.resolve(true);
    });
    answers = [problem(401, "step-up-required"), body({ done: true })];
    const response = await send(post());
    take();
    expect(response.status).toBe(200);
    expect(demands).toEqual(["step-up"]);
    expect(await asked[1]!.text()).toBe('{"typed":true}');
  });

  it("is refused when the person does not", async () => {
    const take = setAsker(() => Promise.resolve(false));
    answers = [problem(401, "unauthenticated")];
    const response = await send(post());
    take();
    expect(response.status).toBe(401);
    expect(asked).toHaveLength(1);
  });

  it("shares one question with those that ask meanwhile", async () => {
    let settle: (confirmed: boolean) => void = () => undefined;
    let times = 0;
    const take = setAsker(() => {
      times += 1;
      return new Promise((resolve) => (settle = resolve));
    });
    const both = Promise.all([confirmIdentity("step-up"), confirmIdentity("step-up")]);
    settle(true);
    expect(await both).toEqual([true, true]);
    expect(times).toBe(1);
    take();
    expect(await confirmIdentity("step-up")).toBe(false);
  });
});
