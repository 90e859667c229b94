import { type ReactNode, useId } from "react";

type SectionProps = { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode };

/** A titled card of a page. */
export function Section({ title, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
