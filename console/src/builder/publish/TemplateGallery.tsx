import { useQuery } from "@tanstack/react-query";

import { connections } from "../data/connectionChoices";
import { flows } from "../data/reading";
import type { FlowTemplate } from "../data/shapes";
import { SignGlyph } from "../parts/Glyph";

interface TemplateGalleryProps {
  readonly templates: readonly FlowTemplate[];
  readonly isLoading: boolean;
  readonly onChoose: (template: FlowTemplate) => void;
}

const PURPOSES: Record<string, string> = { sign_in: "Sign in", sign_up: "Sign up", step_up: "Step up", recovery: "Recovery" };

/** Flows to begin from, each with what it needs and whether that is there. */
export function TemplateGallery({ templates, isLoading, onChoose }: TemplateGalleryProps) {
  const known = useQuery(connections);
  const others = useQuery(flows);
  const there = new Set([...(known.data ?? []).map((one) => one.name), ...(others.data?.items ?? []).map((one) => one.id)]);
  if (isLoading) return <p role="status">One moment …</p>;
  return (
    <ul className="b-gallery">
      {templates.map((template) => (
        <li key={template.id}>
          <button type="button" className="b-template" onClick={() => onChoose(template)}>
            <span className="chip">{PURPOSES[template.purpose] ?? template.purpose}</span>
            <strong>{template.title}</strong>
            <span className="soft small">{template.summary}</span>
            {template.needs.length > 0 && (
              <span className="b-needs small">
                Needs:{" "}
                {template.needs.map((need) => (
                  <span key={need} className={there.has(need) ? "chip good" : "chip warn"}>
                    {need}
                    {there.size > 0 && !there.has(need) && " (missing)"}
                  </span>
                ))}
              </span>
            )}
            <SignGlyph sign="plus" />
          </button>
        </li>
      ))}
    </ul>
  );
}
