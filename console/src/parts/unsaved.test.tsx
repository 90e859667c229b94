import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { createMemoryRouter, Link, Outlet, RouterProvider } from "react-router";
import { afterEach, describe, expect, it } from "vitest";

import { Popup, useClosePopup } from "./Popup";
import { everything, useUnsaved } from "./unsaved";
import { UnsavedGuard } from "./UnsavedGuard";

afterEach(cleanup);

function Typing({ label = "Text" }: { readonly label?: string }) {
  const [text, setText] = useState("");
  const settle = useUnsaved(text !== "");
  return (
    <>
      <input aria-label={label} value={text} onChange={(event) => setText(event.target.value)} />
      <button type="button" onClick={settle}>
        Save {label}
      </button>
    </>
  );
}

function open() {
  const Layout = () => (
    <>
      <Link to="/other">Elsewhere</Link>
      <Link to="?filter=1">Filter</Link>
      <Outlet />
      <UnsavedGuard />
    </>
  );
  const routes = [{ Component: Layout, children: [{ index: true, Component: Typing }, { path: "other", element: <h1>Other</h1> }] }];
  render(<RouterProvider router={createMemoryRouter(routes)} />);
  return userEvent.setup();
}

const unload = () => {
  const event = new Event("beforeunload", { cancelable: true });
  act(() => void dispatchEvent(event));
  return event.defaultPrevented;
};

describe("what is typed and not saved", () => {
  it("keeps the page until somebody says that it may go", async () => {
    const person = open();
    await person.type(screen.getByLabelText("Text"), "Mine");
    await person.click(screen.getByText("Elsewhere"));
    await person.click(await screen.findByRole("button", { name: "Stay here" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>("Text").value).toBe("Mine");
    await person.click(screen.getByText("Elsewhere"));
    await person.click(await screen.findByRole("button", { name: "Leave without saving" }));
    expect(await screen.findByText("Other")).toBeTruthy();
    expect(everything.any()).toBe(false);
  });

  it("keeps the window, too", async () => {
    const person = open();
    expect(unload()).toBe(false);
    await person.type(screen.getByLabelText("Text"), "Mine");
    expect(unload()).toBe(true);
    await person.clear(screen.getByLabelText("Text"));
    expect(unload()).toBe(false);
  });

  it("does not stand in the way of a filter on the same page, nor of what was saved", async () => {
    const person = open();
    await person.type(screen.getByLabelText("Text"), "Mine");
    await person.click(screen.getByText("Filter"));
    expect(screen.queryByRole("dialog")).toBeNull();
    await person.click(screen.getByText("Save Text"));
    await person.click(screen.getByText("Elsewhere"));
    expect(await screen.findByText("Other")).toBeTruthy();
  });

  it("is asked for before a dialog closes, by Escape, by its button and by its own Cancel", async () => {
    const Cancel = () => <button onClick={useClosePopup()}>Cancel</button>;
    const Holder = () => {
      const [shown, setShown] = useState(true);
      return shown ? (
        <Popup title="Ask" onClose={() => setShown(false)}>
          <Typing />
          <Cancel />
        </Popup>
      ) : (
        <p>Gone</p>
      );
    };
    render(<Holder />);
    const person = userEvent.setup();
    await person.type(screen.getByLabelText("Text"), "Mine");
    for (const close of [() => person.keyboard("{Escape}"), () => person.click(screen.getByLabelText("Close")), () => person.click(screen.getByText("Cancel"))]) {
      await close();
      await person.click(await screen.findByRole("button", { name: "Keep it" }));
      expect(screen.getByLabelText<HTMLInputElement>("Text").value).toBe("Mine");
    }
    await person.click(screen.getByText("Cancel"));
    await person.click(await screen.findByRole("button", { name: "Throw it away" }));
    expect(screen.getByText("Gone")).toBeTruthy();
  });

  it("lets a dialog close at once where nothing was typed, whatever stands unsaved on the page below", () => {
    const closed: string[] = [];
    render(
      <>
        <Typing label="Below" />
        <Popup title="Ask" onClose={() => closed.push("closed")}>
          <Typing />
        </Popup>
      </>,
    );
    fireEvent.change(document.querySelector('[aria-label="Below"]')!, { target: { value: "x" } });
    fireEvent.click(screen.getByLabelText("Close"));
    expect(closed).toEqual(["closed"]);
  });
});
