import type { Catalogue } from "../model/catalogue";

export interface NamedChoice {
  value: string;
  title: string;
}

/** Gives the connections that have an ability (or are of a type), by name. */
export type Choices = (ability: string) => NamedChoice[];

/** The connections that a step of its own can use; those that only actions use are not among the step types. */
export function listConnections(catalogue: Catalogue): NamedChoice[] {
  return catalogue.listKind("connector").map((type) => ({
    value: type.name,
    title: type.connector_type ? `${type.name} (${type.connector_type})` : type.name,
  }));
}

/** The connections whose passing result is proof of who somebody is. */
export function listProving(catalogue: Catalogue): NamedChoice[] {
  return catalogue
    .listKind("connector")
    .filter((type) => type.evidence.length > 0 || type.proves.length > 0)
    .map((type) => ({ value: type.name, title: type.name }));
}
