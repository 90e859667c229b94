import type { ReactNode } from "react";

import { Icon } from "./Icon";

type EmptyProps = {
  readonly icon: string;
  readonly title: string;
  /** What would be here, and how it comes to be. */
  readonly children: ReactNode;
  readonly actions?: ReactNode;
};

/** In place of a list that has nothing in it. */
export function Empty({ icon, title, children, actions }: EmptyProps) {
  return (
    <section className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </section>
  );
}
