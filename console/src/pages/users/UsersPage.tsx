import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { useMay } from "../../api/permissions";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { Icon } from "../../parts/Icon";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { TabSet } from "../../parts/TabSet";
import { When } from "../../parts/When";
import { Invitations } from "./Invitations";
import { InviteDialog } from "./InviteDialog";
import { type Operator, readOperators, readUsers, type UserSummary } from "./queries";

const WHO: Column<UserSummary> = {
  title: "Person",
  cell: (row) => (
    <>
      <Link to={`/users/${row.id}`}>{row.name ?? (row.email || "Erased account")}</Link>
      {row.name !== null && <span className="small">{row.email}</span>}
    </>
  ),
};

const COLUMNS: readonly Column<UserSummary>[] = [
  WHO,
  { title: "Account", cell: (row) => <Status status={row.status} /> },
  {
    title: "Roles",
    cell: (row) => (
      <span className="chips">
        {row.roles.map((role) => (
          <Chip key={role}>{role}</Chip>
        ))}
      </span>
    ),
  },
  { title: "Since", cell: (row) => <When at={row.created_at} /> },
];

export function Status({ status }: { readonly status: UserSummary["status"] }) {
  return status === "blocked" ? <Chip tone="bad">Blocked</Chip> : <Chip tone="good">Active</Chip>;
}

/** Everybody who has an account, and who was invited to make one. */
export function UsersPage() {
  const [inviting, setInviting] = useState(false);
  const [sent, setSent] = useState<string>();
  const mayInvite = useMay("users:write");
  return (
    <Page
      title="Users"
      lede="Everybody who has an account here, and who was invited. Find somebody by a part of their address or name."
      actions={
        mayInvite && (
          <button type="button" className="button" onClick={() => setInviting(true)}>
            <Icon name="plus" />
            Invite somebody
          </button>
        )
      }
    >
      <div role="status" className="test-result">{sent !== undefined && <p className="note good">An invitation is on its way to {sent}.</p>}</div>
      <TabSet
        label="Users"
        items={[
          { id: "accounts", title: "Accounts", panel: <Accounts /> },
          { id: "invitations", title: "Invitations", panel: <Invitations /> },
        ]}
      />
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onSent={(email) => {
            setInviting(false);
            setSent(email);
          }}
        />
      )}
    </Page>
  );
}

function Accounts() {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("q") ?? "";
  const [text, setText] = useState(asked);
  return (
    <>
      <form
        className="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setSearch(text.trim() === "" ? {} : { q: text.trim() });
        }}
      >
        <Field label="Find somebody">
          {(wiring) => <input {...wiring} type="search" value={text} maxLength={200} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <button type="submit" className="button">
          Find
        </button>
      </form>
      <Pages
        queryKey={["users", "list", asked]}
        read={(cursor) => readUsers(asked, cursor)}
        empty={
          <Empty icon="users" title={asked === "" ? "Nobody has an account yet" : `Nobody is found by “${asked}”`}>
            People make accounts themselves by signing up, or by an invitation.
          </Empty>
        }
      >
        {(items) => <Listing label="Users" columns={COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </>
  );
}

const OPERATOR_COLUMNS: readonly Column<Operator>[] = [
  WHO,
  {
    title: "Roles",
    cell: (row) =>
      row.held_roles.map((held) => (
        <span key={held.role} className="line">
          <Chip>{held.role}</Chip> <span className="soft small">by {held.granted_by}, </span>
          <When at={held.granted_at} />
        </span>
      )),
  },
];

/** Everybody who may do something in this console. */
export function OperatorsPage() {
  return (
    <Page title="Operators" lede="Everybody who has a role here. Open somebody to give or take one.">
      <Pages queryKey={["operators"]} read={readOperators} empty={<p>Nobody has a role.</p>}>
        {(items) => <Listing label="Operators" columns={OPERATOR_COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </Page>
  );
}
