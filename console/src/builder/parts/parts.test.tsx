import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { ChoiceList, filterChoices } from "./ChoiceList";
import { MenuButton } from "./MenuButton";
import { SelectField, TextField } from "./TextField";

const CHOICES = [
  { id: "a", title: "Ask for the password", detail: "password", group: "Screens" },
  { id: "b", title: "Check the password", detail: "check_password", group: "Actions" },
  { id: "c", title: "Complete", group: "Ends", refused: "Not here." },
];

describe("a list to choose from", () => {
  it("is narrowed by typing, walked with arrows and taken with Enter", async () => {
    const onChoose = vi.fn();
    render(<ChoiceList label="Search steps" choices={CHOICES} onChoose={onChoose} autoFocus />);
    const input = screen.getByRole("combobox", { name: "Search steps" });
    expect(document.activeElement).toBe(input);
    await userEvent.keyboard("pass{ArrowDown}");
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
      "Ask for the passwordpassword",
      "Check the passwordcheck_password",
    ]);
    expect(input.getAttribute("aria-activedescendant")).toBe(screen.getByRole("option", { selected: true }).id);
    await userEvent.keyboard("{Enter}");
    expect(onChoose).toHaveBeenCalledWith("b");
    expect(screen.getByRole("status").textContent).toBe("2 found");
  });

  it("does not give what is refused, and says why", async () => {
    const onChoose = vi.fn();
    render(<ChoiceList label="Search" choices={CHOICES} onChoose={onChoose} autoFocus />);
    await userEvent.keyboard("complete{Enter}");
    expect(onChoose).not.toHaveBeenCalled();
    expect(screen.getByText("Not here.")).toBeTruthy();
  });

  it("says that nothing is called that", async () => {
    render(<ChoiceList label="Search" choices={CHOICES} onChoose={vi.fn()} autoFocus />);
    await userEvent.keyboard("zebra{Enter}{ArrowDown}");
    expect(screen.getByText(/Nothing is called that/)).toBeTruthy();
  });

  it("puts first what begins with the word", () => {
    expect(filterChoices(CHOICES, "check").map((choice) => choice.id)).toEqual(["b"]);
    expect(filterChoices(CHOICES, "  ").length).toBe(3);
  });

  it("can be dragged from", () => {
    render(<ChoiceList label="Search" choices={CHOICES} onChoose={vi.fn()} drag={(id) => ({ "x/y": id })} />);
    const setData = vi.fn();
    fireEvent.dragStart(screen.getByText("Complete"), { dataTransfer: { setData, effectAllowed: "" } });
    expect(setData).toHaveBeenCalledWith("x/y", "c");
  });
});

describe("a field", () => {
  it("hands over once what was typed, when one leaves it", async () => {
    const onCommit = vi.fn();
    render(<TextField label="Title" value="a" onCommit={onCommit} help="Short." />);
    const input = screen.getByRole("textbox", { name: "Title" });
    await userEvent.type(input, "bc");
    expect(onCommit).not.toHaveBeenCalled();
    fireEvent.blur(input);
    expect(onCommit.mock.calls).toEqual([["abc"]]);
    expect(document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Short.");
  });

  it("hands over what was typed when it goes away, so that nothing is lost", async () => {
    const onCommit = vi.fn();
    const { unmount } = render(<TextField label="Title" value="" onCommit={onCommit} />);
    await userEvent.type(screen.getByRole("textbox"), "x");
    unmount();
    expect(onCommit.mock.calls).toEqual([["x"]]);
  });

  it("hands over to whom the text was typed for, also when another step is shown meanwhile", async () => {
    const first = vi.fn();
    const second = vi.fn();
    const { rerender } = render(<TextField label="Title" value="a" onCommit={first} />);
    await userEvent.type(screen.getByRole("textbox"), "b");
    rerender(<TextField label="Title" value="a" onCommit={second} />);
    fireEvent.blur(screen.getByRole("textbox"));
    expect(first).toHaveBeenCalledWith("ab");
    expect(second).not.toHaveBeenCalled();
  });

  it("shows a choice that is not among the known ones", () => {
    render(<SelectField label="Screen" value="gone" options={[{ value: "a", title: "A" }]} onChange={vi.fn()} />);
    expect(screen.getByRole("option", { name: "gone (unknown)" })).toBeTruthy();
  });
});

describe("a menu", () => {
  it("opens, is walked with arrows, takes with Enter, and gives the focus back", async () => {
    const onChoose = vi.fn();
    const items = [{ id: "a", title: "First" }, { id: "b", title: "Second", disabled: true }, { id: "c", title: "Third" }];
    render(<MenuButton label="More" items={items} onChoose={onChoose} />);
    const button = screen.getByRole("button", { name: "More" });
    await userEvent.click(button);
    expect(document.activeElement?.textContent).toBe("First");
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(onChoose).not.toHaveBeenCalled();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(onChoose).toHaveBeenCalledWith("c");
    expect(document.activeElement).toBe(button);
    expect(screen.queryByRole("menu")).toBeNull();
  });
});
