import { Link, useSearchParams } from "react-router";

import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { Field } from "../../parts/Field";
import { type Column, Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Pages } from "../../parts/Pages";
import { When } from "../../parts/When";
import { PURPOSES } from "../flows/purposes";
import { Deadline } from "./Deadline";
import { readReviews, type ReviewSummary, type State } from "./queries";
import { sayName, stateOf } from "./words";

const COLUMNS: readonly Column<ReviewSummary>[] = [
  { title: "Case", cell: (row) => <Link to={`/reviews/${row.id}`}>Case {row.id}</Link> },
  {
    title: "Why",
    cell: (row) => (row.reasons.length === 0 ? <span className="soft">–</span> : row.reasons.map(sayName).join(", ")),
  },
  { title: "For", cell: (row) => PURPOSES[row.purpose] ?? row.purpose },
  { title: "Waiting since", cell: (row) => <When at={row.created_at} /> },
  { title: "Deadline", cell: (row) => <Deadline found={row} /> },
  {
    title: "State",
    cell: (row) => (
      <Chip tone={stateOf(row.state).tone}>
        {stateOf(row.state).words}
        {row.state === "open" && row.approvals_needed > 1 && `, ${row.approvals} of ${row.approvals_needed}`}
      </Chip>
    ),
  },
];

const STATES: Readonly<Record<State, string>> = {
  open: "Open",
  approved: "Approved",
  rejected: "Rejected",
  expired: "Expired",
  all: "All",
};

/** The queue of doubtful verifications, the oldest first. */
export function ReviewsPage() {
  const [search, setSearch] = useSearchParams();
  const state = (Object.keys(STATES) as State[]).find((one) => one === search.get("state")) ?? "open";
  return (
    <Page title="Reviews" lede="Verifications that a machine did not decide. People wait for these: take the oldest first.">
      <div className="toolbar">
        <Field label="Show">
          {(wiring) => (
            <select {...wiring} value={state} onChange={(event) => setSearch({ state: event.target.value })}>
              {Object.entries(STATES).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Pages
        queryKey={["reviews", "list", state]}
        read={(cursor) => readReviews(state, cursor)}
        empty={
          <Empty icon="reviews" title={state === "open" ? "Nobody is waiting" : "There are none"}>
            A case comes here when a flow sends somebody to a review: a doubtful document, or a score in between.
          </Empty>
        }
      >
        {(items) => <Listing label="Cases" columns={COLUMNS} rows={items} rowKey={(row) => row.id} />}
      </Pages>
    </Page>
  );
}
