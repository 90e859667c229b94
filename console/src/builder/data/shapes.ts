import type { components } from "../../api/schema.gen";

type Schemas = components["schemas"];

export type Connection = Schemas["Connection"];
export type ConnectionTested = Schemas["ConnectionTested"];
export type Draft = Schemas["Draft"];
export type DryRun = Schemas["DryRun"];
export type Flow = Schemas["Flow"];
export type FlowChange = Schemas["FlowChange"];
export type FlowChecked = Schemas["FlowChecked"];
export type FlowDifference = Schemas["FlowDifference"];
export type FlowProblem = Schemas["FlowProblem"];
export type FlowStats = Schemas["FlowStats"];
export type FlowSummary = Schemas["FlowSummary"];
export type FlowTemplate = Schemas["FlowTemplate"];
export type FlowVersion = Schemas["FlowVersion"];
export type FlowVersionHead = Schemas["FlowVersionHead"];
export type Publication = Schemas["Publication"];
export type StepFacts = Schemas["StepFacts"];
export type TracedStep = Schemas["TracedStep"];
export type Variable = Schemas["Variable"];
export type WhereUsed = Schemas["WhereUsed"];
