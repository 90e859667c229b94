import { Chip } from "../../parts/Chip";
import { When } from "../../parts/When";
import type { ReviewSummary } from "./queries";
import { urgencyOf } from "./words";

/** Until when a case must be decided; it stands out when that is soon. A case that is decided has no hurry. */
export function Deadline({ found }: { readonly found: Pick<ReviewSummary, "state" | "deadline_at"> }) {
  if (found.state !== "open") return <When at={found.deadline_at} />;
  const tone = urgencyOf(new Date(found.deadline_at), new Date());
  return tone === "" ? (
    <When at={found.deadline_at} />
  ) : (
    <Chip tone={tone}>
      <When at={found.deadline_at} />
    </Chip>
  );
}
