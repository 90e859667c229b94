import "@xyflow/react/dist/base.css";

import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type FinalConnectionState,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
  useStore as useFlowStore,
  type Viewport,
} from "@xyflow/react";
import { type DragEvent, useCallback, useMemo, useState } from "react";

import { refuseConnection } from "../model/connecting";
import { GRID, toUnits } from "../model/geometry";
import type { Position } from "../model/graph";
import { readStepRef, STEP_DRAG } from "../palette/stepRef";
import type { Commands } from "../state/commands";
import { useBuilder, useBuilderState, useCheck } from "../state/context";
import { drawSteps, drawWires, keepUnchanged, keepWires, type StepNode, type Wire } from "./drawing";
import { exitKey, type Marks, splitKey } from "./marks";
import { GroupFrames } from "./GroupFrames";
import { StepFace } from "./StepFace";
import { useCanvasKeys } from "./useCanvasKeys";
import { recallViewport, rememberViewport } from "./viewport";
import { WireLine } from "./WireLine";

const NODE_TYPES = { step: StepFace };
const EDGE_TYPES = { wire: WireLine };
const ARROW = { type: MarkerType.ArrowClosed, width: 16, height: 16, markerUnits: "userSpaceOnUse", color: "var(--b-arrow)" };
const EDGE_DEFAULTS = { markerEnd: ARROW };

interface CanvasProps {
  /** The id of the flow that is drawn; how it is looked at is remembered. */
  readonly viewed: string;
  readonly commands: Commands;
  readonly marks: Marks;
}

/** Below this zoom a step shows its name alone, large enough to be read. */
const FAR = 0.4;

/** The drawing of the flow, which is what runs: every step, every exit, and nothing that is not in the text. */
export function Canvas({ viewed, commands, marks }: CanvasProps) {
  const { store, catalogue, ask, goTo, lookInside } = useBuilder();
  const check = useCheck();
  const graph = useBuilderState((state) => state.graph);
  const selected = useBuilderState((state) => state.selected);
  const selectedExit = useBuilderState((state) => state.selectedExit);
  const locked = useBuilderState((state) => state.readOnly || state.faults.length > 0);
  const { screenToFlowPosition } = useReactFlow<StepNode, Wire>();
  const isFar = useFlowStore((state) => state.transform[2] < FAR);
  const onKeyDown = useCanvasKeys(commands, goTo);

  const drawn = useMemo(() => drawSteps(graph, catalogue, check, marks), [graph, catalogue, check, marks]);
  const [firstView] = useState(() => recallViewport(viewed, graph, !store.getState().readOnly));
  const [nodes, setNodes] = useState<StepNode[]>(drawn);
  const [taken, setTaken] = useState({ drawn, selected });
  if (taken.drawn !== drawn || taken.selected !== selected) {
    setTaken({ drawn, selected });
    setNodes(keepUnchanged(nodes, drawn, new Set(selected)));
  }
  const edgeId = selectedExit ? exitKey(selectedExit.step, selectedExit.outcome) : null;
  const made = useMemo(() => drawWires(drawn, graph, marks, edgeId), [drawn, graph, marks, edgeId]);
  const [wires, setWires] = useState<Wire[]>(made);
  const [takenWires, setTakenWires] = useState(made);
  if (takenWires !== made) {
    setTakenWires(made);
    setWires(keepWires(wires, made));
  }

  const onNodesChange = useCallback(
    (changes: NodeChange<StepNode>[]) => {
      const dropped = new Map<string, Position>();
      const moving = new Map<string, Position>();
      const chosen = new Set(store.getState().selected);
      let isChosen = false;
      for (const change of changes) {
        if (change.type === "position" && change.position) {
          moving.set(change.id, change.position);
          if (change.dragging === false) dropped.set(change.id, toUnits(change.position));
        } else if (change.type === "select") {
          isChosen = true;
          if (change.selected) chosen.add(change.id);
          else chosen.delete(change.id);
        }
      }
      if (moving.size > 0) {
        // A step that does not move stays the object that it was, so that it is not drawn anew.
        setNodes((before) =>
          before.map((node) => {
            const position = moving.get(node.id);
            return position ? { ...node, position } : node;
          }),
        );
      }
      if (dropped.size > 0) commands.move(dropped);
      if (isChosen) store.getState().select([...chosen]);
    },
    [commands, store],
  );

  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) => {
      if (sourceHandle) commands.connect({ step: source, outcome: sourceHandle }, target);
    },
    [commands],
  );

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const outcome = state.fromHandle?.id;
      const step = state.fromNode?.id;
      if (state.isValid || !outcome || step === undefined) return;
      const exit = { step, outcome };
      if (state.toNode) {
        store.getState().announce(refuseConnection(store.getState().graph, exit, state.toNode.id) ?? "");
        return;
      }
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!point) return;
      const position = toUnits(screenToFlowPosition({ x: point.clientX, y: point.clientY - 24 }));
      ask({ what: "add", after: exit, position });
    },
    [ask, screenToFlowPosition, store],
  );

  const isValidConnection = useCallback(
    (wire: Connection | Wire) =>
      refuseConnection(store.getState().graph, { step: wire.source, outcome: wire.sourceHandle ?? "" }, wire.target) === null,
    [store],
  );

  const onReconnect = useCallback(
    (old: Wire, wire: Connection) => {
      if (!wire.sourceHandle) return;
      const from = splitKey(old.id);
      if (exitKey(wire.source, wire.sourceHandle) !== old.id) commands.disconnect(from);
      commands.connect({ step: wire.source, outcome: wire.sourceHandle }, wire.target);
    },
    [commands],
  );

  // What is given to the drawing is the same each time: anything else would draw every step and every wire anew.
  const onEdgeClick = useCallback((_: unknown, wire: Wire) => store.getState().select([], splitKey(wire.id)), [store]);
  const onPaneClick = useCallback(() => store.getState().select([]), [store]);
  const onNodeDoubleClick = useCallback(
    (_: unknown, node: StepNode) => {
      if (node.data.step.kind === "subflow") lookInside(node.id);
      else focusPanel(node.id);
    },
    [lookInside],
  );
  const onMoveEnd = useCallback((_: unknown, viewport: Viewport) => rememberViewport(viewed, viewport), [viewed]);
  const onDrop = (event: DragEvent) => {
    const ref = readStepRef(event.dataTransfer.getData(STEP_DRAG));
    if (!ref) return;
    event.preventDefault();
    const position = toUnits(screenToFlowPosition({ x: event.clientX - 90, y: event.clientY - 24 }));
    const wire = (event.target as Element).closest(".react-flow__edge")?.getAttribute("data-id");
    commands.add(ref.kind, ref.subject, { position, ...(wire ? { insert: splitKey(wire) } : {}) });
  };

  return (
    <div className="b-canvas" data-far={isFar || undefined} onKeyDown={onKeyDown}>
      <p id="b-canvas-keys" className="hidden">
        Arrow keys go to other steps. Enter edits, C connects, A adds a step after this one. Press the question mark for all keys.
      </p>
      {graph.steps.size === 0 && (
        <div className="b-empty">
          <p>Drag a step here, or</p>
          <button type="button" className="button primary" disabled={locked} onClick={() => ask({ what: "add" })}>
            Add the first step
          </button>
        </div>
      )}
      <ReactFlow<StepNode, Wire>
        aria-label="The drawing of the flow"
        nodes={nodes}
        edges={wires}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultEdgeOptions={EDGE_DEFAULTS}
        onNodesChange={onNodesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        isValidConnection={isValidConnection}
        onEdgeClick={onEdgeClick}
        onPaneClick={onPaneClick}
        onNodeDoubleClick={onNodeDoubleClick}
        onDragOver={onDragOver}
        onDrop={onDrop}
        {...firstView}
        onMoveEnd={onMoveEnd}
        nodesDraggable={!locked}
        nodesConnectable={!locked}
        edgesReconnectable={!locked}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        onlyRenderVisibleElements
        elevateNodesOnSelect={false}
        snapToGrid
        snapGrid={GRID}
        panOnScroll
        minZoom={0.05}
        maxZoom={1.6}
        connectionRadius={28}
        proOptions={{ hideAttribution: true }}
      >
        <GroupFrames groups={graph.groups} nodes={nodes} />
        <Background variant={BackgroundVariant.Dots} gap={[GRID[0] * 2, GRID[1] * 2]} size={1.2} color="var(--b-dots)" />
        <MiniMap pannable zoomable nodeClassName={miniClass} nodeBorderRadius={10} ariaLabel="Small map of the flow" />
        <Controls showInteractive={false} aria-label="Zoom" />
      </ReactFlow>
    </div>
  );
}

function onDragOver(event: DragEvent): void {
  event.preventDefault();
}

/** In the small map a step has the colour that it was given, or else that of its kind. */
function miniClass({ data: { step, color, mark } }: StepNode): string {
  return `b-mini ${step.kind} ${color === null ? "" : `coloured in-${color}`} ${mark ?? ""}`;
}

/** Moves the focus to the first field of the properties of a step. */
export function focusPanel(step: string): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[data-panel="${CSS.escape(step)}"] :is(input, select, textarea, button)`)?.focus();
  });
}
