import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import { Empty } from "../../parts/Empty";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Popup } from "../../parts/Popup";
import { When } from "../../parts/When";
import { type Connection, connections, connectionTypes } from "./queries";
import { healthOf, iconOf, summaryOf, usesOf } from "./words";

/** The services that flows use, and the library of those that can be connected. */
export function ConnectorsPage() {
  const all = useQuery(connections);
  const types = useQuery(connectionTypes);
  const mayWrite = useMay("connections:write");
  const [choosing, setChoosing] = useState(false);
  const titleOf = (type: string) => types.data?.find((one) => one.type === type)?.title ?? type;
  const columns: readonly Column<Connection>[] = [
    {
      title: "Connection",
      cell: (row) => (
        <>
          <Link to={`/connectors/${row.name}`}>{row.name}</Link>
          {row.description !== "" && <span className="small">{row.description}</span>}
        </>
      ),
    },
    { title: "Type", cell: (row) => titleOf(row.type) },
    { title: "Health", cell: (row) => <Health row={row} /> },
    { title: "Used by", cell: (row) => <UsedBy connection={row} /> },
    { title: "Changed", cell: (row) => <When at={row.updated_at} /> },
  ];
  const add = mayWrite && (
    <button type="button" className="button primary" onClick={() => setChoosing(true)}>
      <Icon name="plus" />
      Add a connection
    </button>
  );
  return (
    <Page
      title="Connectors"
      lede="The services that flows ask: identity verification, your own risk checks, mail and text messages."
      actions={add}
    >
      <Loaded query={all}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="connectors" title="Nothing is connected yet" actions={add}>
              Connect Incode to verify identities, or any service of your own over HTTP. Then use it as a step of a flow.
            </Empty>
          ) : (
            <Listing label="Connections" columns={columns} rows={items} rowKey={(row) => row.name} />
          )
        }
      </Loaded>
      {choosing && (
        <Popup title="What do you want to connect?" wide onClose={() => setChoosing(false)}>
          <Loaded query={types}>
            {(found) => (
              <div className="choices">
                {found.map((type) => (
                  <Link key={type.type} className="choice-card" to={`/connectors/new/${type.type}`}>
                    <span className="empty-icon">
                      <Icon name={iconOf(type.type)} />
                    </span>
                    <strong>{type.title}</strong>
                    <span className="soft">{summaryOf(type.type)}</span>
                  </Link>
                ))}
              </div>
            )}
          </Loaded>
        </Popup>
      )}
    </Page>
  );
}

function Health({ row }: { readonly row: Connection }) {
  const { tone, words } = healthOf(row);
  return <span className={`chip ${tone}`}>{words}</span>;
}

/** Everything that uses a connection, each with the way to it. */
export function UsedBy({ connection }: { readonly connection: Connection }) {
  const uses = usesOf(connection);
  if (uses.length === 0) return <span className="soft">Nothing</span>;
  return (
    <>
      {uses.map(({ words, to }) =>
        to === undefined ? (
          <span key={words} className="line">
            {words}
          </span>
        ) : (
          <Link key={words} className="line" to={to}>
            {words}
          </Link>
        ),
      )}
    </>
  );
}
