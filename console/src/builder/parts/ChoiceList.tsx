import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

export interface Choice {
  id: string;
  title: string;
  /** Said beside the title, and searched as well. */
  detail?: string;
  group?: string;
  icon?: ReactNode;
  /** Why it cannot be chosen. */
  refused?: string | null;
}

interface ChoiceListProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (id: string) => void;
  readonly autoFocus?: boolean;
  readonly inputRef?: React.RefObject<HTMLInputElement | null>;
  readonly drag?: (id: string) => Record<string, string>;
}

/** A search field over a list box, as the combobox pattern of ARIA has it. */
export function ChoiceList({ label, choices, onChoose, autoFocus = false, inputRef, drag }: ChoiceListProps) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const own = useRef<HTMLInputElement>(null);
  const input = inputRef ?? own;
  const found = filterChoices(choices, query);
  const active = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    if (document.activeElement !== input.current) return;
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active?.id, input]);

  const choose = (choice: Choice | undefined) => {
    if (choice && !choice.refused) onChoose(choice.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt(next);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && query !== "") {
      event.stopPropagation();
      setQuery("");
    }
  };

  return (
    <div className="b-choices">
      <input
        ref={input}
        autoFocus={autoFocus}
        type="search"
        role="combobox"
        aria-expanded
        aria-label={label}
        placeholder={label}
        aria-controls={`${id}-list`}
        aria-activedescendant={active ? `${id}-${found.indexOf(active)}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} role="listbox" id={`${id}-list`} aria-label={label} className="b-choice-list">
        {groupChoices(found).map(([group, members]) => (
          <div key={group} role="group" aria-label={group || undefined}>
            {group !== "" && (
              <div className="b-choice-group" aria-hidden>
                {group}
              </div>
            )}
            {members.map((choice) => (
              <div
                key={choice.id}
                id={`${id}-${found.indexOf(choice)}`}
                role="option"
                aria-selected={choice === active}
                aria-disabled={Boolean(choice.refused)}
                className="b-choice"
                onClick={() => choose(choice)}
                {...(drag ? dragProps(drag(choice.id)) : {})}
              >
                {choice.icon}
                <span className="b-choice-words">
                  <span>{choice.title}</span>
                  {(choice.refused ?? choice.detail) && <small>{choice.refused ?? choice.detail}</small>}
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="soft small">Nothing is called that. Try another word.</p>}
      <p className="hidden" role="status">
        {query === "" ? "" : `${found.length} found`}
      </p>
    </div>
  );
}

/** Keeps the choices in which every word of the query appears; those that begin with it come first. */
export function filterChoices(choices: readonly Choice[], query: string): Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...choices];
  const found = choices.filter((choice) => {
    const text = `${choice.title} ${choice.detail ?? ""} ${choice.group ?? ""} ${choice.id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const first = words[0] ?? "";
  const rank = (choice: Choice) => (choice.title.toLowerCase().startsWith(first) ? 0 : 1);
  const best = Math.min(...found.map(rank));
  const group = found.find((choice) => rank(choice) === best)?.group;
  return [...found].sort((one, two) => Number(two.group === group) - Number(one.group === group) || rank(one) - rank(two));
}

function groupChoices(choices: readonly Choice[]): [string, Choice[]][] {
  const groups = new Map<string, Choice[]>();
  for (const choice of choices) {
    const group = choice.group ?? "";
    groups.set(group, [...(groups.get(group) ?? []), choice]);
  }
  return [...groups];
}

function dragProps(data: Record<string, string>) {
  return {
    draggable: true,
    onDragStart: (event: React.DragEvent) => {
      for (const [type, value] of Object.entries(data)) event.dataTransfer.setData(type, value);
      event.dataTransfer.effectAllowed = "copy";
    },
  };
}
