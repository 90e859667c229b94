import "../../src/idp/web/static/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/parts.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router/dom";

import { queries } from "./api/queries";
import { makeRouter } from "./routes";
import { showScheme, storedScheme } from "./shell/scheme";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

showScheme(storedScheme());
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
