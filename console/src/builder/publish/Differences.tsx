import { useQuery } from "@tanstack/react-query";

import { difference } from "../data/reading";
import { useBuilder } from "../state/context";
import { ChangeList } from "./ChangeList";
import { readUnified } from "./lines";
import { TextDifference } from "./TextDifference";

/** What differs between two texts of the flow: in words, and line by line. */
export function Differences({ from, to }: { readonly from: string; readonly to: string }) {
  const { flowId } = useBuilder();
  const found = useQuery(difference(flowId, from, to));
  if (found.error) return <p className="b-fault">{found.error.message}</p>;
  if (!found.data) return <p role="status">Comparing …</p>;
  return (
    <>
      {found.data.readable && <ChangeList changes={found.data.changes} />}
      <details className="b-details">
        <summary>Line by line</summary>
        <TextDifference lines={readUnified(found.data.text_diff)} />
      </details>
    </>
  );
}
