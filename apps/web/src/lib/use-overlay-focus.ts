import { useRef } from "react";

/**
 * Where the focus goes when an overlay opens and closes: into the form that it consists of, else where Radix puts it; then
 * back to what had it before. Radix knows no way back for what is opened by the address or by a key.
 */
export function useOverlayFocus() {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus(event: Event) {
      before.current = document.activeElement;
      const { target } = event;
      const field = target instanceof Element ? target.querySelector("[data-body] > form :is(input, textarea)") : null;
      if (!(field instanceof HTMLElement)) return;
      event.preventDefault();
      field.focus();
    },
    onCloseAutoFocus(event: Event) {
      if (!(before.current instanceof HTMLElement)) return;
      event.preventDefault();
      before.current.focus();
    },
  };
}
