import { useState } from "react";

import { useMay } from "../../api/permissions";
import { AskReason } from "../../parts/AskReason";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { type Column, Listing } from "../../parts/Listing";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { type Invitation, readInvitations, revokeInvitation, sayInviter, STATES } from "./invitations";

/** Who was invited and has no account yet, and with a tick what became of the others. An open one can be taken back. */
export function Invitations() {
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<Invitation>();
  const mayWrite = useMay("users:write");
  const columns: readonly Column<Invitation>[] = [
    { title: "Invited", cell: (row) => <strong>{row.email}</strong> },
    { title: "State", cell: (row) => <Chip tone={STATES[row.state].tone}>{STATES[row.state].words}</Chip> },
    {
      title: "Sent",
      cell: (row) => (
        <>
          <When at={row.sent_at} />
          <span className="line soft small">by {sayInviter(row.invited_by)}</span>
        </>
      ),
    },
    { title: "Ends", cell: (row) => <When at={row.ended_at ?? row.until} /> },
    {
      title: "Actions",
      hideTitle: true,
      cell: (row) =>
        mayWrite && row.state === "open" ? (
          <button type="button" className="button danger" aria-label={`Revoke the invitation of ${row.email}`} onClick={() => setAsked(row)}>
            Revoke
          </button>
        ) : null,
    },
  ];
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
        Also those that were accepted or revoked
      </label>
      <Pages
        queryKey={["invitations", all]}
        read={(cursor) => readInvitations(all, cursor)}
        empty={
          <Empty icon="users" title={all ? "Nobody was invited" : "No invitation waits"}>
            Invite somebody, and they get a link by mail that makes an account for their address.
          </Empty>
        }
      >
        {(items) => <Listing label="Invitations" columns={columns} rows={items} rowKey={(row) => row.id} />}
      </Pages>
      {asked !== undefined && (
        <AskReason
          title={`Revoke the invitation of ${asked.email}?`}
          action="Revoke it"
          danger
          onDo={(reason) => revokeInvitation(asked.id, reason)}
          onClose={() => setAsked(undefined)}
        >
          <p>The link in their mail opens nothing any more. They are not told. You can invite them again.</p>
        </AskReason>
      )}
    </>
  );
}
