/** Starts the app. @module */
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style.css";

const element = document.getElementById("app");
if (element) createRoot(element).render(<App />);
