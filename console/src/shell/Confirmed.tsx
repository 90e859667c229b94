import { useEffect } from "react";

import { CHANNEL } from "../api/identity";
import { useTitle } from "../parts/Page";

const TITLE = "Thank you, that is confirmed";

/** Where the window in which somebody confirmed who they are ends: it tells the page that asked, and closes. */
export function Confirmed() {
  useTitle(TITLE);
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage("confirmed");
    channel.close();
    window.close();
  }, []);
  return (
    <main className="alone">
      <h1>{TITLE}</h1>
      <p>You can close this window. What you were doing goes on in the other one.</p>
      <p>
        <a href="/console/">Open the console here</a>
      </p>
    </main>
  );
}
