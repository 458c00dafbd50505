/** In which the proxy tells a layout, which does not know it, what was asked for: path and search. */
export const TARGET_HEADER = "x-herald-target";
