import type { components } from "../../api/schema.gen";

export type Entry = components["schemas"]["AuditEntry"];
