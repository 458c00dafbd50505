export type Theme = "system" | "light" | "dark";

const KEY = "theme";

/** Runs in the head before anything is drawn, so that the page never flashes in the other theme. */
export const themeScript = `(()=>{const m=matchMedia("(prefers-color-scheme: dark)");const a=()=>{let t=null;try{t=localStorage.getItem("${KEY}")}catch{}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:m.matches?"dark":"light"};a();m.addEventListener("change",a);addEventListener("storage",a);addEventListener("themechange",a)})()`;

export function readTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  window.dispatchEvent(new Event("themechange"));
}
