import { ViewportPortal } from "@xyflow/react";

import type { Group } from "../model/graph";
import { useBuilder } from "../state/context";
import type { StepNode } from "./drawing";

const PADDING = 18;
/** Above the steps stands the name of the group. */
const TITLE = 34;

interface GroupFramesProps {
  readonly groups: readonly Group[];
  readonly nodes: readonly StepNode[];
}

/** Frames around the steps of each group. A click on a name selects the steps, to be dragged together. */
export function GroupFrames({ groups, nodes }: GroupFramesProps) {
  const { store } = useBuilder();
  if (groups.length === 0) return null;
  return (
    <ViewportPortal>
      {groups.map((group) => {
        const box = frameOf(nodes.filter((node) => group.steps.includes(node.id)));
        if (!box) return null;
        const { x, y, width, height } = box;
        return (
          <div
            key={group.title}
            className="b-frame"
            data-color={group.color ?? undefined}
            style={{ transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` }}
          >
            <button type="button" className="b-frame-title nopan" tabIndex={-1} onClick={() => store.getState().select(group.steps)}>
              {group.title}
            </button>
          </div>
        );
      })}
    </ViewportPortal>
  );
}

function frameOf(nodes: readonly StepNode[]): { x: number; y: number; width: number; height: number } | null {
  if (nodes.length === 0) return null;
  const left = Math.min(...nodes.map((node) => node.position.x));
  const top = Math.min(...nodes.map((node) => node.position.y));
  const right = Math.max(...nodes.map((node) => node.position.x + (node.width ?? 0)));
  const bottom = Math.max(...nodes.map((node) => node.position.y + (node.height ?? 0)));
  return {
    x: left - PADDING,
    y: top - PADDING - TITLE,
    width: right - left + 2 * PADDING,
    height: bottom - top + 2 * PADDING + TITLE,
  };
}
