import { useParams } from "react-router";

/** One flow: its drawing and everything around it. */
export function FlowPage() {
  const { id } = useParams();
  return <h1>{id}</h1>;
}
