import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, useSyncExternalStore } from "react";
import { afterEach, describe, expect, it } from "vitest";

import { Problem } from "../api/problems";
import { Editing, type Tagged } from "./Editing";
import { Field } from "./Field";
import { Form } from "./Form";
import { useSubmission } from "./submission";

afterEach(cleanup);

type Thing = { readonly name: string };
type Save = (name: string, etag: string) => Promise<void>;

function ThingForm({ base, save }: { readonly base: Tagged<Thing>; readonly save: Save }) {
  const [name, setName] = useState(base.body.name);
  const submission = useSubmission(name !== base.body.name);
  const send = (etag = base.etag) => submission.send(() => save(name, etag), undefined, name === "" ? { "/name": "Give it a name." } : {});
  return (
    <Form
      submission={submission}
      onSend={() => void send()}
      conflict={{
        mine: { Name: name },
        theirs: (current) => ({ Name: (current as Thing).name }),
        onOverwrite: (etag) => void send(etag),
      }}
    >
      <Field label="Name" fault={submission.fault("/name")}>
        {(wiring) => <input {...wiring} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <button type="submit">Save</button>
      <span role="status">{submission.saved && "Saved."}</span>
    </Form>
  );
}

function problem(status: number, kind: string, more: object = {}) {
  return new Problem(status, { type: `urn:idp:problem:${kind}`, title: kind, detail: `It is ${kind}.`, ...more }, '"9"');
}

/** A form whose saves are answered one by one; `read` is what somebody reads meanwhile. */
function open(...answers: (Problem | undefined)[]) {
  const sent: [string, string][] = [];
  const listeners = new Set<() => void>();
  let latest: Tagged<Thing> = { body: { name: "Old" }, etag: '"1"' };
  const read = (next: Tagged<Thing>) =>
    act(() => {
      latest = next;
      for (const listener of listeners) listener();
    });
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const save: Save = (name, etag) => {
    sent.push([name, etag]);
    const refused = answers.shift();
    if (refused !== undefined) return Promise.reject(refused);
    read({ body: { name }, etag: `"${sent.length + 100}"` });
    return Promise.resolve();
  };
  const Page = () => {
    const now = useSyncExternalStore(subscribe, () => latest);
    return <Editing latest={now}>{(base) => <ThingForm base={base} save={save} />}</Editing>;
  };
  render(<Page />);
  return { person: userEvent.setup(), sent, read };
}

const field = () => screen.getByLabelText<HTMLInputElement>("Name");

async function retype(person: ReturnType<typeof userEvent.setup>, text: string) {
  await person.clear(field());
  if (text !== "") await person.type(field(), text);
  await person.click(screen.getByText("Save"));
}

describe("a form", () => {
  it("says what is wrong at the field, goes there, and sends nothing", async () => {
    const { person, sent } = open();
    await retype(person, "");
    expect(screen.getByText("Give it a name.")).toBeTruthy();
    expect(document.activeElement).toBe(field());
    expect(sent).toEqual([]);
  });

  it("says at the field what the server says of it or of a part of it, and keeps what was typed", async () => {
    const { person } = open(problem(422, "invalid", { errors: [{ pointer: "/name/0", code: "taken", detail: "It is taken." }] }));
    await retype(person, "New");
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(field().value).toBe("New");
    expect(document.activeElement?.getAttribute("role")).toBe("alert");
  });

  it("keeps what was typed when the connection is lost or the session ends, and sends it again", async () => {
    const { person, sent } = open(problem(0, "offline"), problem(401, "unauthenticated"));
    await retype(person, "New");
    expect(screen.getByText("It is offline.")).toBeTruthy();
    await person.click(screen.getByText("Save"));
    expect(screen.getByText("It is unauthenticated.")).toBeTruthy();
    await person.click(screen.getByText("Save"));
    expect(await screen.findByText("Saved.")).toBeTruthy();
    expect(sent.map(([name]) => name)).toEqual(["New", "New", "New"]);
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("shows both versions of a conflict, and overwrites only when told to", async () => {
    const { person, sent } = open(problem(412, "precondition-failed", { current: { name: "Theirs" } }));
    await retype(person, "Mine");
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("Mine");
    expect(alert.textContent).toContain("Theirs");
    await person.click(screen.getByText("Save mine over it"));
    expect(sent).toEqual([
      ["Mine", '"1"'],
      ["Mine", '"9"'],
    ]);
    expect(await screen.findByText("Saved.")).toBeTruthy();
  });

  it("takes theirs when told to", async () => {
    const { person, read } = open(problem(412, "precondition-failed", { current: { name: "Theirs" } }));
    await retype(person, "Mine");
    read({ body: { name: "Theirs" }, etag: '"2"' });
    await person.click(screen.getByText("Take theirs"));
    expect(await screen.findByDisplayValue("Theirs")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("does not lose what is being typed to what is read meanwhile, and follows it otherwise", async () => {
    const { person, read, sent } = open();
    read({ body: { name: "Newer" }, etag: '"2"' });
    expect(await screen.findByDisplayValue("Newer")).toBeTruthy();
    await person.type(field(), " and mine");
    read({ body: { name: "Newest" }, etag: '"3"' });
    expect(await screen.findByText(/Somebody else has changed this/)).toBeTruthy();
    expect(field().value).toBe("Newer and mine");
    await person.click(screen.getByText("Save"));
    expect(sent).toEqual([["Newer and mine", '"2"']]);
  });
});
