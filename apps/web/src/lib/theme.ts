export type Theme = "system" | "light" | "dark";

const KEY = "theme";

/**
 * Runs in the head before anything is drawn, so that the page never flashes in the other theme. Its nonce is handed on to
 * get-nonce, by which Radix lets the styles pass that it sets while a dialog is open.
 */
export const themeScript = `(()=>{globalThis.__webpack_nonce__=document.currentScript.nonce;const m=matchMedia("(prefers-color-scheme: dark)");const a=()=>{let t=null;try{t=localStorage.getItem("${KEY}")}catch{}document.documentElement.dataset.theme=t==="light"||t==="dark"?t:m.matches?"dark":"light"};a();m.addEventListener("change",a);addEventListener("storage",a);addEventListener("themechange",a)})()`;

export function readTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  window.dispatchEvent(new Event("themechange"));
}
