import { useState } from "react";
import { Link } from "react-router";

import { useMay } from "../../api/permissions";
import { Confirm } from "../../parts/Confirm";
import { Empty } from "../../parts/Empty";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { endSession, readSessions, type Session } from "./queries";

/** Every browser in which somebody is signed in. */
export function SessionsPage() {
  const mayEnd = useMay("sessions:write");
  const [ending, setEnding] = useState<Session>();
  const columns: readonly Column<Session>[] = [
    { title: "Person", cell: (row) => <Link to={`/users/${row.user.id}`}>{row.user.name ?? row.user.email}</Link> },
    { title: "Device", cell: (row) => row.device },
    { title: "Address", cell: (row) => row.address },
    { title: "Since", cell: (row) => <When at={row.created_at} /> },
    { title: "Last seen", cell: (row) => <When at={row.last_seen_at} /> },
    ...(mayEnd
      ? [
          {
            title: "Actions",
            hideTitle: true,
            cell: (row: Session) => (
              <button type="button" className="button quiet" aria-label={`End the session of ${row.user.email} on ${row.device}`} onClick={() => setEnding(row)}>
                End
              </button>
            ),
          },
        ]
      : []),
  ];
  return (
    <Page title="Sessions" lede="Every browser in which somebody is signed in, and can come back without signing in again.">
      <Pages
        queryKey={["sessions"]}
        read={readSessions}
        empty={
          <Empty icon="sessions" title="Nobody is signed in">
            A session begins when somebody signs in, and ends when they sign out or stay away.
          </Empty>
        }
      >
        {(items) => <Listing label="Sessions" columns={columns} rows={items} rowKey={(row) => row.id} />}
      </Pages>
      {ending !== undefined && (
        <Confirm title="End this session?" action="End it" onClose={() => setEnding(undefined)} onConfirm={() => endSession(ending.id)}>
          <p>
            {ending.user.email} is signed out on {ending.device} at once, with everything that lives by this session.
          </p>
        </Confirm>
      )}
    </Page>
  );
}
