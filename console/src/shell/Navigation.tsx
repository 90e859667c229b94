import { useState } from "react";
import { NavLink, useLocation } from "react-router";

import type { Me } from "../api/queries";
import { Icon } from "../parts/Icon";
import { type Scheme, SCHEMES, storedScheme, storeScheme } from "./scheme";
import { visibleGroups } from "./sections";

/** The way to every page, and who is signed in. On narrow screens it folds behind a button. */
export function Navigation({ me }: { readonly me: Me }) {
  const { pathname } = useLocation();
  const [openAt, setOpenAt] = useState<string>();
  const open = openAt === pathname; // going to another page folds it again
  return (
    <header className="rail" data-open={open}>
      <div className="rail-head">
        <NavLink to="/" className="rail-brand">
          <Icon name="mark" />
          <span>Console</span>
        </NavLink>
        {!me.production && <span className="chip warn">Test</span>}
        <button
          type="button"
          className="button quiet rail-toggle"
          aria-expanded={open}
          aria-controls="rail-body"
          onClick={() => setOpenAt(open ? undefined : pathname)}
        >
          <Icon name={open ? "close" : "menu"} />
          <span>{open ? "Close" : "Menu"}</span>
        </button>
      </div>
      <div className="rail-body" id="rail-body">
        <nav aria-label="Pages">
          {visibleGroups(me.permissions).map((group) => (
            <ul key={group.title} aria-label={group.title || undefined}>
              {group.title !== "" && (
                <li className="rail-group" aria-hidden>
                  {group.title}
                </li>
              )}
              {group.sections.map((section) => (
                <li key={section.path}>
                  <NavLink to={section.path} end={section.path === "/"}>
                    <Icon name={section.icon} />
                    {section.title}
                  </NavLink>
                </li>
              ))}
            </ul>
          ))}
        </nav>
        <Me me={me} />
      </div>
    </header>
  );
}

function Me({ me }: { readonly me: Me }) {
  const [scheme, setScheme] = useState(storedScheme);
  return (
    <div className="rail-me">
      <p>
        <strong>{me.user?.name ?? me.user?.email}</strong>
        <span>{me.roles.join(", ")}</span>
      </p>
      <label className="rail-scheme">
        <span>Colours</span>
        <select
          value={scheme}
          onChange={(event) => {
            const next = event.target.value as Scheme;
            storeScheme(next);
            setScheme(next);
          }}
        >
          {SCHEMES.map((name) => (
            <option key={name} value={name}>
              {{ system: "As the system", light: "Light", dark: "Dark" }[name]}
            </option>
          ))}
        </select>
      </label>
      <form method="post" action="/console/sign-out">
        <button type="submit" className="button">
          Sign out
        </button>
      </form>
    </div>
  );
}
