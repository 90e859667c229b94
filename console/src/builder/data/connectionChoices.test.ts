import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { connectionChoices, connections } from "./connectionChoices";
import type { Connection } from "./shapes";

const one = (name: string, type: string, abilities: string[]) => ({ name, type, abilities }) as Connection;

function queriesWith(...known: Connection[]): QueryClient {
  const queries = new QueryClient();
  queries.setQueryData(connections.queryKey, known);
  return queries;
}

const queries = queriesWith(
  one("incode_verify", "incode", ["identity"]),
  one("texts", "sms_gateway", ["sends_sms"]),
  one("everything", "their_own_type", ["call", "sends_mail", "sends_sms"]),
);

test.each([
  ["sends_sms", ["texts", "everything"]],
  ["sends_mail", ["everything"]],
  ["identity", ["incode_verify"]],
  ["lists_breaches", []],
  ["", ["incode_verify", "texts", "everything"]],
])("an option that asks for %s offers only what can do it", (ability, names) => {
  expect(connectionChoices(queries, ability).map((choice) => choice.value)).toEqual(names);
});

test("a choice says its type beside its name", () => {
  expect(connectionChoices(queries, "lists_breaches")).toEqual([]);
  expect(connectionChoices(queries, "identity")).toEqual([{ value: "incode_verify", title: "incode_verify (incode)" }]);
});

test("who may not see connections has no choices and types a name", () => {
  expect(connectionChoices(new QueryClient(), "sends_sms")).toEqual([]);
});
