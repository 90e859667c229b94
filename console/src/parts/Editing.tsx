import { Fragment, type ReactNode, useContext, useState, useSyncExternalStore } from "react";

import { EditingContext } from "./editing";
import { Icon } from "./Icon";
import { Unsaved, UnsavedContext } from "./unsaved";

export type Tagged<T> = { readonly body: T; readonly etag: string };

type EditingProps<T> = {
  /** What was read last. It may change at any time: another tab, another person. */
  readonly latest: Tagged<T>;
  readonly children: (base: Tagged<T>) => ReactNode;
};

/**
 * What a form changes, as it was when somebody began to type. What is read meanwhile does not take their words away: the
 * form is made anew only when nothing in it is unsaved, and a save of what is old by then shows both.
 */
export function Editing<T>({ latest, children }: EditingProps<T>) {
  const outer = useContext(UnsavedContext);
  const [scope] = useState(() => new Unsaved(outer));
  const dirty = useSyncExternalStore(scope.subscribe, scope.any);
  const [base, setBase] = useState(latest);
  const [saved, setSaved] = useState(false);
  const [round, setRound] = useState(0);
  if (!dirty && base !== latest) setBase(latest);
  if (dirty && saved) setSaved(false);
  return (
    <EditingContext value={{ saved, onSaved: () => setSaved(true), onDiscard: () => setRound((count) => count + 1) }}>
      <UnsavedContext value={scope}>
        <div className="editing">
          {dirty && base.etag !== latest.etag && (
            <p className="note warn with-icon" role="status">
              <Icon name="warn" />
              Somebody else has changed this. What you typed is still here; when you save, you see both.
            </p>
          )}
          <Fragment key={`${base.etag} ${round}`}>{children(base)}</Fragment>
        </div>
      </UnsavedContext>
    </EditingContext>
  );
}
