import { type ReactNode, useEffect } from "react";

type PageProps = {
  readonly title: string;
  readonly lede?: ReactNode;
  /** What stands at the heading's end: the page's main actions. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
};

/** Say what the window shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Console`;
  }, [title]);
}

/** A page: one heading, which is also the window's title, and what is under it. */
export function Page({ title, lede, actions, children }: PageProps) {
  useTitle(title);
  return (
    <main className="page">
      <header className="page-head">
        <div>
          <h1>{title}</h1>
          {lede !== undefined && <p className="lede">{lede}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}
