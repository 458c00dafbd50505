export const menuContent = "z-50 min-w-52 animate-fade rounded-card bg-raised p-1 shadow-float";

export const menuItem =
  "flex h-8 cursor-pointer select-none items-center gap-3 rounded-control px-2.5 outline-none data-[highlighted]:bg-hover max-sm:h-10 [&_svg]:size-4 [&_svg]:text-muted";
