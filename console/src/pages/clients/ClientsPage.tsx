import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { ClientForm } from "./ClientForm";
import { type Client, type ClientWithSecret, readClients, register } from "./queries";
import { Secret } from "./Secret";

const COLUMNS: readonly Column<Client>[] = [
  {
    title: "Client",
    cell: (row) => (
      <>
        <Link to={`/clients/${encodeURIComponent(row.client_id)}`}>{row.name}</Link>
        <span className="small">
          <code>{row.client_id}</code>
        </span>
      </>
    ),
  },
  {
    title: "At least",
    cell: (row) =>
      typeof row.policy["minimum_acr"] === "string" ? <code>{row.policy["minimum_acr"]}</code> : <span className="soft">Any level</span>,
  },
  { title: "Kind", cell: (row) => (row.privileged ? <Chip tone="warn">Privileged</Chip> : <Chip>Application</Chip>) },
  { title: "Changed", cell: (row) => <When at={row.updated_at} /> },
];

/** The applications that people sign in to. */
export function ClientsPage() {
  const mayWrite = useMay("clients:write");
  const add = mayWrite && (
    <Link className="button primary" to="/clients/new">
      <Icon name="plus" />
      Register a client
    </Link>
  );
  return (
    <Page title="Clients" lede="The applications that people sign in to, and what each of them must be shown." actions={add}>
      <Pages
        queryKey={["clients", "list"]}
        read={readClients}
        empty={
          <Empty icon="clients" title="No client is registered" actions={add}>
            An application becomes a client by its name and the addresses that people may be sent back to.
          </Empty>
        }
      >
        {(items) => <Listing label="Clients" columns={COLUMNS} rows={items} rowKey={(row) => row.client_id} />}
      </Pages>
    </Page>
  );
}

/** Register a client, and show its secret the one time it can be seen. */
export function NewClientPage() {
  const [id, setId] = useState("");
  const [made, setMade] = useState<ClientWithSecret>();
  const navigate = useNavigate();
  if (made !== undefined) {
    return (
      <Page title={`${made.name} is registered`}>
        <section className="card narrow">
          <Secret made={made} />
          <div className="actions">
            <Link className="button primary" to={`/clients/${encodeURIComponent(made.client_id)}`}>
              Open the client
            </Link>
          </div>
        </section>
      </Page>
    );
  }
  return (
    <Page title="Register a client" lede="An application that sends people here to sign in.">
      <section className="card narrow">
        <ClientForm
          metadata={{}}
          policy={{}}
          action="Register it"
          dirty={id !== ""}
          onSave={(metadata) => register(id.trim(), metadata)}
          onSaved={(client) =>
            client.client_secret === null ? navigate(`/clients/${encodeURIComponent(client.client_id)}`) : setMade(client)
          }
        >
          {({ taken, fault }) => (
            <Field label="Client ID" hint="One is made up if you leave it empty. It stays for good." optional fault={taken ? "There is a client with this id already." : fault("/client_id")}>
              {(wiring) => <input {...wiring} className="mono" value={id} maxLength={128} spellCheck={false} onChange={(event) => setId(event.target.value)} />}
            </Field>
          )}
        </ClientForm>
      </section>
    </Page>
  );
}
