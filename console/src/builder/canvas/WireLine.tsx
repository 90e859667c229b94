import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

import { SignGlyph } from "../parts/Glyph";
import { useBuilder, useBuilderState } from "../state/context";
import type { Wire } from "./drawing";

/** An edge: from an exit to the step it leads to, with how many went that way, and a place to put a step in between. */
export const WireLine = memo(function WireLine(props: EdgeProps<Wire>) {
  const { ask } = useBuilder();
  const readOnly = useBuilderState((state) => state.readOnly);
  const [path, x, y] = getBezierPath({ ...props, curvature: props.targetX < props.sourceX ? 0.5 : 0.28 });
  const { data, selected } = props;
  if (!data) return null;
  const isOpen = selected === true && !readOnly;
  return (
    <>
      <g className="b-wire" data-tone={data.tone} data-mark={data.mark ?? undefined} data-selected={selected ? true : undefined}>
        <BaseEdge id={props.id} path={path} interactionWidth={18} markerEnd={props.markerEnd} />
      </g>
      {(isOpen || data.count !== null) && (
        <EdgeLabelRenderer>
          <div className="b-wire-label nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            {data.count !== null && <span className="b-count">{data.count}</span>}
            {isOpen && (
              <button
                type="button"
                className="b-insert"
                aria-label={`Put a step between ${data.step}, ${data.outcome}, and ${props.target}`}
                onClick={() => ask({ what: "add", insert: { step: data.step, outcome: data.outcome } })}
              >
                <SignGlyph sign="plus" size={14} />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
