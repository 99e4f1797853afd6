// Asking the server: the same API that everyone uses below /v1, and what only Studio needs below /studio.

/** What the server said no to: its own sentence, and the HTTP status. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Sends JSON and returns the answer, which must be read; throws an ApiError with the server's sentence. */
export async function request(method, path, body, { signal, headers, keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method, signal, keepalive, headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new ApiError("The server does not answer. Is gestalt serve still running?", 0);
  }
  if (response.ok) return response;
  let message = `The server answered ${response.status}.`;
  try {
    const answer = await response.json();
    message = answer.error?.message ?? answer.error ?? answer.detail ?? message;
  } catch { /* No JSON: the status has to do. */ }
  throw new ApiError(message, response.status);
}

/** Sends JSON, returns JSON; null where there is none. */
export async function json(method, path, body, options) {
  const response = await request(method, path, body, options);
  return response.status === 204 ? null : response.json();
}

/** The data of an answer's server-sent events, one string an event, until the stream ends. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", data = [];
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r/);
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
        else if (line === "" && data.length > 0) {
          yield data.join("\n");
          data = [];
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
