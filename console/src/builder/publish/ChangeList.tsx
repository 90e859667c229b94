import type { FlowChange } from "../data/shapes";

const AREAS: Record<FlowChange["area"], string> = {
  head: "Flow",
  steps: "Step",
  edges: "Exit",
  texts: "Text",
  layout: "Position",
  groups: "Group",
  embeds: "Embedded flow",
};

/** What differs between two texts, in the words of flows. How many steps were only moved is said in one line. */
export function ChangeList({ changes }: { readonly changes: readonly FlowChange[] }) {
  const told = changes.filter((change) => change.area !== "layout" && change.area !== "groups");
  const moved = changes.filter((change) => change.area === "layout").length;
  const grouped = changes.length - told.length - moved;
  if (changes.length === 0) return <p className="soft">Nothing differs in what the flow does.</p>;
  return (
    <ul className="b-changes">
      {told.map((change) => (
        <li key={`${change.area} ${change.place.join(" ")}`} data-kind={change.kind}>
          <span className={`chip ${{ added: "good", removed: "bad", changed: "warn" }[change.kind]}`}>{change.kind}</span>
          <span>
            {AREAS[change.area]} <code>{change.place.join(" · ")}</code>
            <small>{describeChange(change)}</small>
          </span>
        </li>
      ))}
      {moved > 0 && <li className="soft small">{moved === 1 ? "1 step was moved or coloured in the drawing." : `${moved} steps were moved or coloured in the drawing.`}</li>}
      {grouped > 0 && <li className="soft small">{grouped === 1 ? "1 group differs in the drawing." : `${grouped} groups differ in the drawing.`}</li>}
    </ul>
  );
}

function describeChange({ before, after }: FlowChange): string {
  if (before === null || before === undefined) return write(after);
  if (after === null || after === undefined) return `was ${write(before)}`;
  return `${write(before)} → ${write(after)}`;
}

function write(value: unknown): string {
  if (typeof value === "string") return value;
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? "" : text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
