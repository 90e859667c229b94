import { lazy, Suspense, useEffect, useState } from "react";

import { CHANNEL, type Demand, setAsker } from "../api/identity";

type Question = { readonly demand: Demand; readonly settle: (confirmed: boolean) => void };

// Dialogs are large, and most visits never see this one.
const IdentityDialog = lazy(async () => ({ default: (await import("./IdentityDialog")).IdentityDialog }));

/** Asks for a fresh sign-in when a request takes one, and lets the request go on when it is there. */
export function AskIdentity() {
  const [question, setQuestion] = useState<Question>();

  useEffect(
    () =>
      setAsker(
        (demand) =>
          new Promise<boolean>((resolve) => {
            const settle = (confirmed: boolean) => {
              setQuestion(undefined);
              resolve(confirmed);
            };
            setQuestion({ demand, settle });
          }),
      ),
    [],
  );

  useEffect(() => {
    if (question === undefined) return;
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => question.settle(true);
    return () => channel.close();
  }, [question]);

  if (question === undefined) return null;
  return (
    <Suspense fallback={null}>
      <IdentityDialog demand={question.demand} onDecline={() => question.settle(false)} />
    </Suspense>
  );
}
