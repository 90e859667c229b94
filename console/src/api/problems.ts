/** What went wrong, as the admin API says it (RFC 9457), and the same shape for what went wrong on the way to it. */

export type FieldError = {
  /** Where in the body that was sent (RFC 6901), e.g. `/settings/api_key`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
};

type Members = {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly request_id?: string;
  readonly errors?: readonly FieldError[];
  readonly current?: unknown;
  readonly max_age?: number;
  readonly acr_values?: string;
};

const PREFIX = "urn:idp:problem:";

export class Problem extends Error {
  override readonly name = "Problem";
  /** The last part of the problem's type: `invalid`, `conflict`, `step-up-required`, or `offline` when there was no answer. */
  readonly kind: string;
  readonly status: number;
  readonly title: string;
  readonly requestId: string | undefined;
  readonly errors: readonly FieldError[];
  /** The representation as it is now, where somebody else changed it (`conflict`, `precondition-failed`). */
  readonly current: unknown;
  /** The ETag of `current`. */
  readonly etag: string | undefined;

  constructor(status: number, members: Members, etag?: string) {
    super(members.detail ?? members.title ?? "The server refused without saying why.");
    this.status = status;
    this.kind = (members.type ?? "").startsWith(PREFIX) ? (members.type ?? "").slice(PREFIX.length) : "unavailable";
    this.title = members.title ?? "Something went wrong";
    this.requestId = members.request_id;
    this.errors = members.errors ?? [];
    this.current = members.current;
    this.etag = etag;
  }

  /** What is wrong with one field, e.g. `/name`, or undefined. */
  at(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }

  /** What is wrong with one field or with a part of what is in it, e.g. `/redirect_uris` for `/redirect_uris/0`. */
  within(pointer: string): string | undefined {
    return this.at(pointer) ?? this.errors.find((error) => error.pointer.startsWith(`${pointer}/`))?.detail;
  }
}

export function offline(): Problem {
  return new Problem(0, {
    type: `${PREFIX}offline`,
    title: "No connection",
    detail: "The server did not answer. What you typed is still here: try again in a moment.",
  });
}

/** Read a problem out of an answer. Anything that is not one becomes `unavailable`, with the status it had. */
export async function readProblem(response: Response): Promise<Problem> {
  const etag = response.headers.get("ETag") ?? undefined;
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/problem+json")) {
    try {
      return new Problem(response.status, (await response.clone().json()) as Members, etag);
    } catch {
      // A cut-off answer says no more than its status does.
    }
  }
  return new Problem(response.status, {
    title: "Something went wrong",
    detail: `The server answered with ${response.status}. Try again in a moment.`,
  });
}
