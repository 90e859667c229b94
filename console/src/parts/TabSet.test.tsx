import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { TabSet } from "./TabSet";

const ITEMS = ["One", "Two", "Three"].map((title) => ({ id: title, title, panel: <p>Panel {title}</p> }));

it("goes from tab to tab with the arrow keys, and around", async () => {
  const person = userEvent.setup();
  render(<TabSet label="Things" items={ITEMS} />);
  await person.tab();
  expect(document.activeElement).toBe(screen.getByRole("tab", { name: "One" }));
  await person.keyboard("{ArrowLeft}");
  expect(screen.getByRole("tabpanel").textContent).toBe("Panel Three");
  await person.keyboard("{ArrowRight}{ArrowRight}");
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Two");
  await person.keyboard("{End}");
  expect(document.activeElement?.textContent).toBe("Three");
});
