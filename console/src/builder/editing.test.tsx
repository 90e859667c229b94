import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { FlowProblem } from "./data/shapes";
import type { Rules } from "./model/rules";
import { shipped } from "./model/shipped.testing";
import { Outline } from "./outline/Outline";
import { Panel } from "./panel/Panel";
import { RuleEditor } from "./panel/RuleEditor";
import { faultOf, kindOf, readTyped } from "./panel/schema";
import { StepDialog } from "./dialogs/StepDialog";
import { NO_CHECK, renderBuilder, VARIABLES } from "./testing";

const TEXT = `id: x
title: X
purpose: step_up
deadline: 15m
start: intro
steps:
  intro:
    screen: verification_intro
    on: {continue: verify, stop: stopped}
  verify:
    connector: incode_verify
    on: {completed: check}
  check:
    condition:
      - when: connectors.incode_verify.data.score.overall.status == "OK"
        to: done
    otherwise: stopped
  stopped: {end: denied}
  done: {end: complete}
`;

const PROBLEM: FlowProblem = {
  code: "unwired", severity: "error", message: "the outcome 'pending' leads nowhere", step: "verify", pointer: "/steps/verify",
  line: 10, column: 3, path: [],
};

describe("the outline", () => {
  it("shows every step in the order of a run, with its exits and what is wrong with it", () => {
    renderBuilder((commands) => <Outline commands={commands} />, { text: TEXT, check: { ...NO_CHECK, problems: [PROBLEM] } });
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows.map((row) => within(row).getByRole("rowheader").textContent)).toEqual(["introstart", "verify", "stopped", "check", "done"]);
    expect(within(rows[1]!).getByText(/leads nowhere/)).toBeTruthy();
    expect(within(rows[0]!).getByRole("button", { name: "intro, continue: leads to verify. Change …" })).toBeTruthy();
    expect(within(rows[1]!).getByRole("button", { name: "verify, pending: leads to nothing. Change …" })).toBeTruthy();
  });

  it("is walked and worked with keys alone", async () => {
    const { store, ask } = renderBuilder((commands) => <Outline commands={commands} />, { text: TEXT });
    screen.getByRole("button", { name: "intro start" }).focus();
    await userEvent.keyboard("{ArrowDown}");
    expect(store.getState().selected).toEqual(["verify"]);
    await userEvent.keyboard("a");
    expect(ask).toHaveBeenLastCalledWith({ what: "add", after: { step: "verify", outcome: "pending" } });
    await userEvent.keyboard("c");
    expect(ask).toHaveBeenLastCalledWith({ what: "connect", exit: { step: "verify", outcome: "pending" } });
    await userEvent.keyboard("r");
    expect(ask).toHaveBeenLastCalledWith({ what: "rename", step: "verify" });
    await userEvent.keyboard("{Delete}");
    expect(store.getState().graph.steps.has("verify")).toBe(false);
    expect(store.getState().announcement).toBe("verify deleted.");
    expect((document.activeElement as HTMLElement).dataset["outline"]).toBe("stopped");
  });

  it("moves steps in the text", async () => {
    const { store } = renderBuilder((commands) => <Outline commands={commands} />, { text: TEXT });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Order" }), "text");
    await userEvent.click(screen.getByRole("button", { name: "Move check up in the text" }));
    expect([...store.getState().graph.steps.keys()]).toEqual(["intro", "check", "verify", "stopped", "done"]);
  });

  it("changes nothing for those who may only read", async () => {
    const { store } = renderBuilder((commands) => <Outline commands={commands} />, { text: TEXT, readOnly: true });
    screen.getByRole("button", { name: /^verify$/ }).focus();
    await userEvent.keyboard("{Delete}");
    expect(store.getState().text).toBe(TEXT);
    expect(screen.getByRole("button", { name: "Delete verify" }).hasAttribute("disabled")).toBe(true);
  });
});

describe("the properties", () => {
  it("are the flow's while nothing is selected", () => {
    const { store } = renderBuilder((commands) => <Panel commands={commands} />, { text: TEXT });
    fireEvent.change(screen.getByRole("combobox", { name: "First step" }), { target: { value: "verify" } });
    expect(store.getState().graph.head.start).toBe("verify");
  });

  it("of a step come from the server's schema", async () => {
    const { store } = renderBuilder((commands) => <Panel commands={commands} />, {
      text: TEXT.replace("screen: verification_intro", "screen: message"),
    });
    store.getState().select(["intro"]);
    const field = await screen.findByRole("textbox", { name: /Message/ });
    expect(screen.getByText("This is needed.")).toBeTruthy();
    await userEvent.type(field, "hello{Enter}");
    expect(store.getState().graph.steps.get("intro")?.options).toEqual({ message: "hello" });
    expect(store.getState().text).toContain("options: {message: hello}");
  });

  it("limit visits, write notes and give an error a way of its own", async () => {
    const { store } = renderBuilder((commands) => <Panel commands={commands} />, { text: TEXT.replace("{completed: check}", "{completed: check, error: stopped}") });
    store.getState().select(["verify"]);
    await userEvent.type(await screen.findByRole("textbox", { name: /visits/ }), "3{Enter}");
    await userEvent.type(screen.getByRole("textbox", { name: "Note" }), "Ask Ann.");
    fireEvent.blur(screen.getByRole("textbox", { name: "Note" }));
    await userEvent.selectOptions(screen.getByRole("combobox", { name: /way of its own/ }), "error:timeout");
    const verify = store.getState().graph.steps.get("verify");
    expect(verify).toMatchObject({ maxVisits: 3, note: "Ask Ann." });
    expect(verify?.exits.at(-1)).toEqual({ outcome: "error:timeout", target: "stopped" });
  });

  it("let a case prove, and say what that takes", async () => {
    const { store } = renderBuilder((commands) => <Panel commands={commands} />, { text: TEXT });
    store.getState().select(["check"]);
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "This is proof of identity by" }), "incode_verify");
    expect(store.getState().graph.steps.get("check")?.cases[0]?.proves).toBe("incode_verify");
    expect(screen.getByText(/account's owner/)).toBeTruthy();
  });

  it("keep an expression that says more than rules as text", async () => {
    const { store } = renderBuilder((commands) => <Panel commands={commands} />, {
      text: TEXT.replace('connectors.incode_verify.data.score.overall.status == "OK"', "size(user.email) > 3"),
    });
    store.getState().select(["check"]);
    expect(await screen.findByText(/more than rules can/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Rules" }).hasAttribute("disabled")).toBe(true);
  });
});

describe("rules", () => {
  const RULES = { join: "all" as const, rules: [{ path: VARIABLES[0]!.path, operator: "in" as const, values: ["OK"] }] };

  it("offer the values that are known", async () => {
    const onChange = vi.fn();
    renderBuilder(() => <RuleEditor rules={RULES} variables={VARIABLES} disabled={false} onChange={onChange} />, { text: TEXT });
    await userEvent.click(screen.getByRole("button", { name: "WARN" }));
    expect(onChange).toHaveBeenLastCalledWith({ join: "all", rules: [{ ...RULES.rules[0], values: ["OK", "WARN"] }] });
    await userEvent.click(screen.getByRole("button", { name: "OK" }));
    expect(onChange).toHaveBeenCalledTimes(1);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "How it is compared" }), "==");
    expect(onChange).toHaveBeenLastCalledWith({ join: "all", rules: [{ ...RULES.rules[0], operator: "==" }] });
  });

  it("are added and removed", async () => {
    const onChange = vi.fn<(rules: Rules) => void>();
    renderBuilder(() => <RuleEditor rules={RULES} variables={VARIABLES} disabled={false} onChange={onChange} />, { text: TEXT });
    await userEvent.click(screen.getByRole("button", { name: "Another rule" }));
    expect(onChange.mock.lastCall?.[0].rules).toHaveLength(2);
    await userEvent.click(screen.getByRole("button", { name: "Remove rule 1" }));
    expect(onChange.mock.lastCall?.[0].rules).toHaveLength(0);
  });
});

describe("options by their schema", () => {
  it.each([
    [{ type: "string" }, "text"], [{ type: "integer" }, "whole"], [{ type: "boolean" }, "yesno"], [{ enum: ["a"] }, "choice"],
    [{ type: "object", properties: {} }, "group"], [{ type: "array", items: { type: "string" } }, "list"], [{ type: "object" }, "other"],
    [{ type: "string", "x-idp-connection": "sends_sms" }, "connection"],
  ])("%j is a %s", (schema, kind) => {
    expect(kindOf(schema)).toBe(kind);
  });

  it("are read as what they are, and keep what cannot be read for its author to mend", () => {
    expect(readTyped({ type: "integer" }, "7")).toBe(7);
    expect(readTyped({ type: "integer" }, "seven")).toBe("seven");
    expect(readTyped({ type: "string" }, " ")).toBeUndefined();
    expect(readTyped({ type: "array", items: { type: "string" } }, "a, b,")).toEqual(["a", "b"]);
    expect(readTyped({ enum: [1, 2] }, "2")).toBe(2);
  });

  it("say in words what is wrong", () => {
    const days = { type: "integer", minimum: 1, maximum: 9 };
    expect([faultOf(days, 0, false), faultOf(days, 10, false), faultOf(days, 1.5, false), faultOf(days, "x", false), faultOf(days, 5, true)])
      .toEqual(["At least 1.", "At most 9.", "Type a whole number.", "Type a number.", null]);
    expect(faultOf({ type: "string", maxLength: 2 }, "abc", false)).toContain("2");
    expect(faultOf({ enum: ["a"] }, "b", false)).toContain("a");
  });
});

describe("the dialogs", () => {
  const close = () => undefined;

  it("add a step behind an exit", async () => {
    const onDone = vi.fn();
    const after = { step: "verify", outcome: "pending" };
    const { store } = renderBuilder((commands) => <StepDialog asked={{ what: "add", after }} commands={commands} onClose={close} onDone={onDone} />, { text: TEXT });
    await userEvent.type(screen.getByRole("combobox", { name: "Search steps" }), "denied{Enter}");
    expect(onDone).toHaveBeenCalledWith("denied");
    expect(store.getState().graph.steps.get("verify")?.exits.at(-1)).toEqual({ outcome: "pending", target: "denied" });
  });

  it("put a step on an edge", async () => {
    const insert = { step: "check", outcome: "case 1" };
    const { store } = renderBuilder((commands) => <StepDialog asked={{ what: "add", insert }} commands={commands} onClose={close} onDone={vi.fn()} />, { text: TEXT });
    await userEvent.type(screen.getByRole("combobox", { name: "Search steps" }), "message{Enter}");
    expect(store.getState().graph.steps.get("message")?.exits).toEqual([{ outcome: "continue", target: "done" }]);
  });

  it("connect an exit, and refuse what would go round without anybody", async () => {
    const exit = { step: "check", outcome: "otherwise" };
    const { store } = renderBuilder((commands) => <StepDialog asked={{ what: "connect", exit }} commands={commands} onClose={close} onDone={vi.fn()} />, { text: TEXT });
    expect(screen.getByRole("option", { name: /^check/ }).getAttribute("aria-disabled")).toBe("true");
    await userEvent.type(screen.getByRole("combobox", { name: "Search steps of this flow" }), "intro{Enter}");
    expect(store.getState().graph.steps.get("check")?.exits.at(-1)?.target).toBe("intro");
  });

  it("rename a step, and say what is wrong with a name", async () => {
    const onDone = vi.fn();
    const { store } = renderBuilder((commands) => <StepDialog asked={{ what: "rename", step: "verify" }} commands={commands} onClose={close} onDone={onDone} />, { text: TEXT });
    const field = screen.getByRole("textbox", { name: /^Name/ });
    await userEvent.clear(field);
    await userEvent.type(field, "done{Enter}");
    expect(screen.getByText("There is another step called done.")).toBeTruthy();
    await userEvent.clear(field);
    await userEvent.type(field, "document{Enter}");
    expect(onDone).toHaveBeenCalledWith("document");
    expect(store.getState().graph.steps.get("intro")?.exits[0]?.target).toBe("document");
  });

  it("move a step beside another one, where there is room, or before it in the text", async () => {
    const onDone = vi.fn();
    const { store, commands } = renderBuilder((all) => <StepDialog asked={{ what: "move", step: "done" }} commands={all} onClose={close} onDone={onDone} />, {
      text: `${TEXT}layout:\n  check: [480, 0]\n  stopped: [480, 160]\n`,
    });
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Where" }), "below");
    expect(screen.queryByRole("option", { name: /^done/ })).toBeNull();
    await userEvent.type(screen.getByRole("combobox", { name: "Search steps of this flow" }), "check{Enter}");
    expect(onDone).toHaveBeenCalledWith("done");
    expect(store.getState().graph.layout.get("done")).toEqual({ x: 480, y: 280 });
    commands.moveTo("done", "text", "intro");
    expect([...store.getState().graph.steps.keys()][0]).toBe("done");
  });

  it("find a step by its note or expression", async () => {
    const onDone = vi.fn();
    renderBuilder((commands) => <StepDialog asked={{ what: "find" }} commands={commands} onClose={close} onDone={onDone} />, { text: shipped("step-up") });
    await userEvent.type(screen.getByRole("combobox", { name: /Name, type/ }), "mismatch{Enter}");
    expect(onDone).toHaveBeenCalledWith("check");
  });
});
