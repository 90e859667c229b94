/** Small drawings beside words. They say nothing that the words do not, so they are hidden from screen readers. */
const PATHS: Readonly<Record<string, string>> = {
  home: "M4 11.5 12 4l8 7.5M6 10v9h4.5v-5h3v5H18v-9",
  flows: "M5 5.5h5v4H5zM14 14.5h5v4h-5zM7.5 9.5v4.2a2.8 2.8 0 0 0 2.8 2.8H14",
  connectors: "M9 4v4M15 4v4M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3",
  reviews: "M4.5 5.5h15v13h-15zM8.5 12l2.5 2.5 4.5-5",
  users: "M9 11.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.5 19c.5-3 2.7-4.7 5.5-4.7s5 1.7 5.5 4.7M16 5.2a3 3 0 0 1 0 5.6M17.2 14.6c1.9.6 3 2.1 3.3 4.4",
  clients: "M4.5 5.5h15v10h-15zM9 19h6M12 15.5V19",
  sessions: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 7.5V12l3 2",
  runs: "M5 18.5V12M10 18.5V6M15 18.5v-9M20 18.5V4.5",
  keys: "M15.5 12.5a4 4 0 1 0-3.6-2.2L5 17.2V20h2.8v-2.2H10v-2.2l2-2.1M16 8.2h.01",
  levels: "M5 18.5h4v-4h4.5v-4H18v-5h2",
  themes: "M12 20a8 8 0 1 1 8-8c0 2-1.5 2.7-3 2.7h-2a1.8 1.8 0 0 0-1.3 3c.6.7.2 2.3-1.7 2.3ZM8 12.2h.01M10 8.2h.01M14.5 8h.01",
  audit: "M6.5 4.5h11v15h-11zM9.5 9h5M9.5 12.5h5M9.5 16h3",
  identity: "M3.5 5.5h17v13h-17zM8.5 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5.8 16.2c.5-1.4 1.5-2 2.7-2s2.2.6 2.7 2M14.5 10h3.5M14.5 13.5h3.5",
  http: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12",
  leak: "M12 4l7 2.6v5c0 4-2.8 7-7 8.4-4.2-1.4-7-4.4-7-8.4v-5zM9.5 9.5l5 5M14.5 9.5l-5 5",
  mail: "M3.5 6h17v12h-17zM4 7l8 6 8-6",
  phone: "M7.5 3.5h9v17h-9zM11 17.5h2",
  skip: "M6 12h12",
  menu: "M4.5 7.5h15M4.5 12h15M4.5 16.5h15",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  search: "M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM15.5 15.5 20 20",
  plus: "M12 5.5v13M5.5 12h13",
  warn: "M12 4.5 20.5 19h-17zM12 10v4M12 16.6h.01",
  good: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM8.5 12.2l2.4 2.4 4.6-5",
  bad: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM9.2 9.2l5.6 5.6M14.8 9.2l-5.6 5.6",
};

export function Icon({ name }: { readonly name: string }) {
  if (name === "mark") return <Mark />;
  return (
    <svg className="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden focusable="false">
      <path d={PATHS[name] ?? ""} />
    </svg>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden focusable="false">
      <rect width="32" height="32" rx="9.5" />
      <circle cx="16" cy="12.4" r="4.1" />
      <path d="M8.2 24.6c.9-4.4 3.9-6.6 7.8-6.6s6.9 2.2 7.8 6.6" />
    </svg>
  );
}
