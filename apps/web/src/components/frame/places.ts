import {
  Activity,
  ChartNoAxesCombined,
  ClipboardList,
  History,
  KeyRound,
  type LucideIcon,
  MessageSquareText,
  MessagesSquare,
  Settings,
  Smartphone,
  Users,
  UsersRound,
} from "lucide-react";

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
}

export const userPlaces: Place[] = [
  { href: "/", label: "Now", icon: Activity },
  { href: "/groups", label: "Groups", icon: UsersRound },
  { href: "/post", label: "Post", icon: MessageSquareText },
  { href: "/history", label: "History", icon: History },
  { href: "/settings", label: "Settings", icon: Settings },
];

export const adminPlaces: Place[] = [
  { href: "/admin", label: "Overview", icon: ChartNoAxesCombined },
  { href: "/admin/sessions", label: "Sessions", icon: Smartphone },
  { href: "/admin/api-pairs", label: "API pairs", icon: KeyRound },
  { href: "/admin/users", label: "Users", icon: Users },
  { href: "/admin/chats", label: "Chats", icon: MessagesSquare },
  { href: "/admin/audit", label: "Audit", icon: ClipboardList },
];

/** The place that a path belongs to. */
export const placeOf = (pathname: string): Place | undefined =>
  [...userPlaces, ...adminPlaces].find(({ href }) => href === pathname);
