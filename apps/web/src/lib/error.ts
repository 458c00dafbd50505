import { ErrorDto } from "@herald/contract";

/** What an error of a query or a mutation says to the person. Whatever is not the engine's own is «not reached». */
export function errorOf(error: unknown): ErrorDto {
  if (typeof error === "object" && error !== null && "data" in error) {
    const { data } = error;
    if (typeof data === "object" && data !== null && "herald" in data) {
      const parsed = ErrorDto.safeParse(data.herald);
      if (parsed.success) return parsed.data;
    }
  }
  return {
    code: "internal",
    message: "Herald cannot be reached. Nothing was changed; check your connection and try again.",
  };
}
