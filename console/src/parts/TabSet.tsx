import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";

export type TabItem = { readonly id: string; readonly title: string; readonly panel: ReactNode };

/**
 * Tabs (WAI-ARIA): the arrow keys, Home and End go from one to the next. React Aria's own tabs write a style element into
 * the page, which the console's policy refuses.
 */
export function TabSet({ label, items }: { readonly label: string; readonly items: readonly TabItem[] }) {
  const prefix = useId();
  const [chosen, setChosen] = useState(items[0]?.id);
  const list = useRef<HTMLDivElement>(null);

  function move(event: KeyboardEvent) {
    const at = items.findIndex((item) => item.id === chosen);
    const last = items.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    const next = target === undefined ? undefined : items[target];
    if (target === undefined || next === undefined) return;
    event.preventDefault();
    setChosen(next.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[target]?.focus();
  }

  const shown = items.find((item) => item.id === chosen);
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            role="tab"
            id={`${prefix}-${item.id}`}
            aria-selected={item.id === chosen}
            aria-controls={`${prefix}-panel`}
            tabIndex={item.id === chosen ? 0 : -1}
            onClick={() => setChosen(item.id)}
          >
            {item.title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${prefix}-panel`} aria-labelledby={`${prefix}-${chosen ?? ""}`} tabIndex={-1}>
        {shown?.panel}
      </div>
    </div>
  );
}
