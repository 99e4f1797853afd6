// What every page needs: the switch between light and dark, remembered in a cookie so that the server's first bytes are right already.
import { announce } from "./dom.js";

const root = document.documentElement;
const isDark = () => getComputedStyle(root).colorScheme === "dark" || (root.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);

document.querySelector("[data-theme-switch]").addEventListener("click", () => {
  const theme = isDark() ? "light" : "dark";
  root.dataset.theme = theme;
  document.cookie = `gestalt-theme=${theme}; path=/; max-age=31536000; samesite=strict`;
  announce(theme === "dark" ? "Dark" : "Light");
});
