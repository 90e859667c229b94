import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

import type { Position } from "../model/graph";
import { SignGlyph } from "../parts/Glyph";
import { useBuilder, useBuilderState } from "../state/context";
import type { Wire, WireData } from "./drawing";

/** An edge: from an exit to the step it leads to, with how many went that way, and a place to put a step in between. */
export const WireLine = memo(function WireLine(props: EdgeProps<Wire>) {
  const { ask } = useBuilder();
  const readOnly = useBuilderState((state) => state.readOnly);
  const { data, selected } = props;
  if (!data) return null;
  const { path, x, y } = findPath(props, data);
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

/** Returns the way around the steps. While one of its steps is being moved, a wire follows in a curve. */
function findPath(props: EdgeProps<Wire>, { route }: WireData): { path: string } & Position {
  const { sourceX, sourceY, targetX, targetY } = props;
  if (route && isAt(route.from, sourceX, sourceY) && isAt(route.to, targetX, targetY)) {
    return { path: route.path, ...route.label };
  }
  const [path, x, y] = getBezierPath({ ...props, curvature: targetX < sourceX ? 0.5 : 0.28 });
  return { path, x, y };
}

/** Says whether an end of a wire is where it was when the way was found. A dot that is measured is a pixel or two beside. */
function isAt(point: Position, x: number, y: number): boolean {
  return Math.abs(point.x - x) < 6 && Math.abs(point.y - y) < 6;
}
