import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";

import type { FlowChecked, Variable } from "./data/shapes";
import { Catalogue, type OutcomeType } from "./model/catalogue";
import { makeGroup, makeType } from "./model/catalogue.testing";
import { Commands } from "./state/commands";
import { type Asked, BuilderProvider, CheckProvider } from "./state/context";
import { createBuilderStore } from "./state/store";

function outcomes(...names: string[]): OutcomeType[] {
  return names.map((name) => ({ name: name.replace("?", ""), title: "", required: !name.endsWith("?") }));
}

/** A small catalogue, as the server would tell it. */
export const CATALOGUE = new Catalogue([
  makeGroup("Screens", [
    makeType("screen", "verification_intro", outcomes("continue", "stop"), { title: "Explain the identity check" }),
    makeType("screen", "message", outcomes("continue"), {
      title: "Show a message",
      options_schema: {
        type: "object",
        properties: { message: { type: "string", title: "Message", maxLength: 64 } },
        required: ["message"],
      },
    }),
  ]),
  makeGroup("Connections", [
    makeType("connector", "incode_verify", outcomes("completed", "pending", "not_finished", "expired", "error", "error:timeout?"), {
      evidence: ["identity"],
      connector_type: "incode",
    }),
  ]),
  makeGroup("Logic", [makeType("condition", "condition", [], { title: "Condition" })]),
  makeGroup("Ends", [makeType("end", "complete", [], { title: "Complete" }), makeType("end", "denied", [], { title: "Denied" })]),
]);

export const VARIABLES: Variable[] = [
  {
    path: "connectors.incode_verify.data.score.overall.status",
    type: "string",
    description: "What document and face together are worth.",
    values: ["OK", "WARN", "FAIL"],
  },
  { path: "user.known", type: "bool", description: "Whether it is known who the person is.", values: null },
];

export const NO_CHECK: FlowChecked = { problems: [], document: null, steps: {}, levels: [] };

interface Setting {
  text: string;
  check?: FlowChecked;
  readOnly?: boolean;
}

/** Renders a part of the builder over a flow. */
export function renderBuilder(part: (commands: Commands) => ReactNode, { text, check = NO_CHECK, readOnly = false }: Setting) {
  const store = createBuilderStore(text, readOnly);
  const commands = new Commands(store, CATALOGUE);
  const ask = vi.fn<(asked: Asked) => void>();
  const goTo = vi.fn<(step: string) => void>();
  const builder = { store, catalogue: CATALOGUE, variables: VARIABLES, flowId: "x", ask, goTo, reveal: vi.fn(), lookInside: vi.fn() };
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } });
  render(
    <QueryClientProvider client={queries}>
      <BuilderProvider value={builder}>
        <CheckProvider value={check}>{part(commands)}</CheckProvider>
      </BuilderProvider>
    </QueryClientProvider>,
  );
  return { store, commands, ask, goTo };
}
