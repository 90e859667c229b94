import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { answer, client } from "../../api/client";
import { useMay } from "../../api/permissions";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";
import { Chip, type Tone } from "../../parts/Chip";
import { Confirm } from "../../parts/Confirm";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { When } from "../../parts/When";

type Key = components["schemas"]["Key"];
type Asked = { readonly kind: "make"; readonly alg: Key["alg"] } | { readonly kind: "activate"; readonly key: Key };

const keys = queryOptions({
  queryKey: ["keys"],
  queryFn: async () => (await answer(client.GET("/keys"))).keys,
});

const STATES: Readonly<Record<Key["status"], { tone: Tone; words: string }>> = {
  next: { tone: "warn", words: "Published, not signing yet" },
  active: { tone: "good", words: "Signs" },
  retired: { tone: "", words: "Retired" },
};

async function perform(asked: Asked): Promise<void> {
  if (asked.kind === "make") await answer(client.POST("/keys", { body: { alg: asked.alg as "ES256" | "RS256" } }));
  else await answer(client.POST("/keys/{kid}/activate", { params: { path: { kid: asked.key.kid } } }));
  await queries.invalidateQueries({ queryKey: ["keys"] });
}

/** The keys that tokens are signed with. A new one is published first, and signs when the clients had time to see it. */
export function KeysPage() {
  const all = useQuery(keys);
  const mayWrite = useMay("keys:write");
  const [asked, setAsked] = useState<Asked>();
  const columns: readonly Column<Key>[] = [
    { title: "Key", cell: (row) => <code>{row.kid}</code> },
    { title: "Algorithm", cell: (row) => row.alg },
    { title: "State", cell: (row) => <Chip tone={STATES[row.status].tone}>{STATES[row.status].words}</Chip> },
    { title: "Made", cell: (row) => <When at={row.created_at} /> },
    {
      title: "Actions",
      hideTitle: true,
      cell: (row) =>
        mayWrite && row.status === "next" ? (
          <button type="button" className="button" onClick={() => setAsked({ kind: "activate", key: row })} aria-label={`Let ${row.kid} sign`}>
            Let it sign
          </button>
        ) : null,
    },
  ];
  const make = mayWrite && (
    <>
      {(["ES256", "RS256"] as const).map((alg) => (
        <button key={alg} type="button" className="button" onClick={() => setAsked({ kind: "make", alg })}>
          <Icon name="plus" />
          New {alg} key
        </button>
      ))}
    </>
  );
  return (
    <Page
      title="Keys"
      lede="What tokens are signed with. To rotate: make a new key, wait until clients have fetched it (an hour or more), then let it sign."
      actions={make}
    >
      <Loaded query={all}>{(rows) => <Listing label="Signing keys" columns={columns} rows={rows} rowKey={(row) => row.kid} />}</Loaded>
      {asked !== undefined && (
        <Confirm
          title={asked.kind === "make" ? `Make a new ${asked.alg} key?` : "Let this key sign?"}
          action={asked.kind === "make" ? "Make it" : "Let it sign"}
          onClose={() => setAsked(undefined)}
          onConfirm={() => perform(asked)}
        >
          <p>
            {asked.kind === "make"
              ? "It is published at once, and signs nothing until you let it."
              : "New tokens are signed with it from now on. The one before stays published until its tokens have died. A client that has not fetched the keys for long refuses new tokens until it does."}
          </p>
        </Confirm>
      )}
    </Page>
  );
}
