import { MAX_SESSION_FILE_BYTES, RestError, SessionUploadResultDto, tooLarge } from "@herald/contract";
import { errorOf } from "@/lib/error";

/** Sends one session file to the engine. Whatever keeps it from getting there is its result. */
export async function sendSessionFile(file: File): Promise<SessionUploadResultDto> {
  const failed = (code: "not_tried" | "interrupted", message: string): SessionUploadResultDto => ({
    status: "failed",
    name: file.name,
    code,
    message,
  });
  if (file.size > MAX_SESSION_FILE_BYTES) return failed("not_tried", tooLarge(MAX_SESSION_FILE_BYTES).message);
  try {
    const response = await fetch(`/api/sessions/upload?${new URLSearchParams({ name: file.name })}`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
    const answer: unknown = await response.json();
    if (response.ok) return SessionUploadResultDto.parse(answer);
    return failed(response.status < 500 ? "not_tried" : "interrupted", RestError.parse(answer).detail);
  } catch (error) {
    return failed("interrupted", errorOf(error).message);
  }
}
