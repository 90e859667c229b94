import { describe, expect, it } from "vitest";

import { Problem } from "../../api/problems";
import type { Tagged } from "../data/reading";
import type { Draft } from "../data/shapes";
import { DraftSaver, Shelf } from "./saving";

type Answer = (text: string, etag: string | undefined) => Promise<Tagged<Draft>>;

function makeDraft(text: string, etag: string): Draft {
  const at = "2026-11-26T08:00:00Z";
  return { name: "main", author: "ann", base_version: 0, updated_at: at, created_at: at, etag, flow: "x", text, document: null, problems: [] };
}

function problem(status: number, name: string, current?: Draft): Problem {
  return new Problem(status, { type: `urn:idp:problem:${name}`, detail: name, current });
}

function begin(answer: Answer) {
  const timers: (() => void)[] = [];
  const calls: { text: string; etag: string | undefined }[] = [];
  const shelf = new Shelf("x", "main", localStorage);
  localStorage.clear();
  const saver = new DraftSaver(
    "old",
    '"1"',
    3,
    (text, etag) => {
      calls.push({ text, etag });
      return answer(text, etag);
    },
    shelf,
    {
      now: () => 7,
      wait: (_, then) => {
        timers.push(then);
        return () => timers.splice(timers.indexOf(then), 1);
      },
    },
  );
  return { saver, shelf, calls, timers, fire: () => timers.shift()?.() };
}

const accept: Answer = (text) => Promise.resolve({ body: makeDraft(text, '"2"'), etag: '"2"' });

describe("a draft that saves itself", () => {
  it("saves when the text has rested, with the ETag that it last saw", async () => {
    const { saver, shelf, calls, timers } = begin(accept);
    saver.change("a");
    saver.change("ab");
    expect(timers).toHaveLength(1);
    expect(shelf.read()?.text).toBe("ab");
    expect(await saver.flush()).toBe(true);
    expect(calls).toEqual([{ text: "ab", etag: '"1"' }]);
    expect(saver.getState()).toMatchObject({ status: "saved", etag: '"2"' });
    expect(shelf.read()).toBeNull();
  });

  it("saves again what was typed while it was saving, and one at a time", async () => {
    let let1: (() => void) | undefined;
    const { saver, calls } = begin((text) => new Promise((resolve) => {
      const done = () => resolve({ body: makeDraft(text, '"2"'), etag: '"2"' });
      if (calls.length === 1) let1 = done;
      else done();
    }));
    saver.change("a");
    const first = saver.flush();
    saver.change("ab");
    const second = saver.flush();
    expect(calls).toHaveLength(1);
    let1?.();
    expect(await first).toBe(true);
    expect(await second).toBe(true);
    expect(calls.map((call) => call.text)).toEqual(["a", "ab"]);
    expect(calls[1]?.etag).toBe('"2"');
  });

  it.each([[0, "offline"], [401, "unauthenticated"], [503, "unavailable"]])(
    "keeps the text in this browser when the server cannot take it (%i), and tries again",
    async (status, name) => {
      let isUp = false;
      const { saver, shelf, timers, fire } = begin((text, etag) => {
        return isUp ? accept(text, etag) : Promise.reject(problem(status, name));
      });
      saver.change("mine");
      expect(await saver.flush()).toBe(false);
      expect(saver.getState().status).toBe("kept");
      expect(shelf.read()?.text).toBe("mine");
      expect(timers).toHaveLength(1);
      isUp = true;
      fire();
      await Promise.resolve();
      await saver.flush();
      expect(saver.getState().status).toBe("saved");
    },
  );

  it("never overwrites what somebody else has saved: it stops, keeps both, and waits for a choice", async () => {
    const theirs = makeDraft("theirs", '"9"');
    const { saver, shelf, calls, timers } = begin((text, etag) => {
      return etag === '"9"' ? accept(text, etag) : Promise.reject(problem(412, "precondition-failed", theirs));
    });
    saver.change("mine");
    expect(await saver.flush()).toBe(false);
    expect(saver.getState()).toMatchObject({ status: "conflict", theirs: { text: "theirs" } });
    saver.change("mine too");
    expect(timers).toHaveLength(0);
    expect(await saver.flush()).toBe(false);
    expect(calls).toHaveLength(1);
    expect(shelf.read()?.text).toBe("mine too");
    saver.settle("theirs", '"9"');
    expect(await saver.flush()).toBe(true);
    expect(calls[1]).toEqual({ text: "mine too", etag: '"9"' });
  });

  it("takes theirs without another save", async () => {
    const { saver, calls } = begin(() => Promise.reject(problem(412, "precondition-failed", makeDraft("theirs", '"9"'))));
    saver.change("mine");
    await saver.flush();
    saver.change("theirs");
    saver.settle("theirs", '"9"');
    expect(saver.getState().status).toBe("saved");
    expect(calls).toHaveLength(1);
  });

  it("says so when a draft is refused, and does not ask again until it changes", async () => {
    const { saver, timers } = begin(() => Promise.reject(problem(422, "invalid")));
    saver.change("x".repeat(9));
    await saver.flush();
    expect(saver.getState()).toMatchObject({ status: "refused", message: "invalid" });
    expect(timers).toHaveLength(0);
  });

  it("has nothing to save after an undo to what is saved", () => {
    const { saver, shelf } = begin(accept);
    saver.change("a");
    saver.change("old");
    expect(saver.isDirty).toBe(false);
    expect(shelf.read()).toBeNull();
    expect(saver.getState().status).toBe("saved");
  });

  it("reads nothing from a shelf that somebody has tampered with", () => {
    const { shelf } = begin(accept);
    localStorage.setItem("idp.builder.kept.x.main", "{");
    expect(shelf.read()).toBeNull();
    localStorage.setItem("idp.builder.kept.x.main", '{"text": 3}');
    expect(shelf.read()).toBeNull();
  });
});
