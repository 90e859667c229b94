/** The pages of the console, in the order of its navigation. A page is shown to those who may read what it shows. */
export type Section = {
  readonly path: string;
  readonly title: string;
  readonly icon: string;
  readonly permission?: string;
};

export type Group = { readonly title: string; readonly sections: readonly Section[] };

export const GROUPS: readonly Group[] = [
  {
    title: "",
    sections: [
      { path: "/", title: "Home", icon: "home" },
      { path: "/reviews", title: "Reviews", icon: "reviews", permission: "reviews:read" },
    ],
  },
  {
    title: "Build",
    sections: [
      { path: "/flows", title: "Flows", icon: "flows", permission: "flows:read" },
      { path: "/connectors", title: "Connectors", icon: "connectors", permission: "connections:read" },
      { path: "/clients", title: "Clients", icon: "clients", permission: "clients:read" },
      { path: "/levels", title: "Levels", icon: "levels", permission: "levels:read" },
      { path: "/themes", title: "Themes", icon: "themes", permission: "themes:read" },
    ],
  },
  {
    title: "People",
    sections: [
      { path: "/users", title: "Users", icon: "users", permission: "users:read" },
      { path: "/sessions", title: "Sessions", icon: "sessions", permission: "sessions:read" },
      { path: "/runs", title: "Runs", icon: "runs", permission: "runs:read" },
    ],
  },
  {
    title: "Operate",
    sections: [
      { path: "/keys", title: "Keys", icon: "keys", permission: "keys:read" },
      { path: "/operators", title: "Operators", icon: "identity", permission: "users:read" },
      { path: "/audit", title: "Audit", icon: "audit", permission: "audit:read" },
    ],
  },
];

/** The groups that somebody with these permissions sees. Groups without a page are left out. */
export function visibleGroups(permissions: readonly string[], groups: readonly Group[] = GROUPS): Group[] {
  return groups
    .map((group) => ({
      ...group,
      sections: group.sections.filter(({ permission }) => permission === undefined || permissions.includes(permission)),
    }))
    .filter((group) => group.sections.length > 0);
}
