// One answer, as it comes from /v1/chat/completions.
import { request, events, ApiError } from "../shell/api.js";

/**
 * Asks for an answer and calls onChange with what there is of it, each time that there is more.
 * Resolves to the whole: { id, content, reasoning, toolCalls, finish, usage, ids, firstMs, totalMs }; what had come when it was stopped or broke is in the error's `partial`.
 */
export async function complete(body, signal, onChange) {
  const began = performance.now();
  const answer = { id: null, content: "", reasoning: "", toolCalls: [], finish: null, usage: null, ids: [], pieces: 0, firstMs: null, thoughtMs: null, totalMs: null };
  try {
    const response = await request("POST", "/v1/chat/completions", { ...body, stream: true, logprobs: true, stream_options: { include_usage: true } }, { signal });
    for await (const data of events(response)) {
      if (data === "[DONE]") break;
      const chunk = JSON.parse(data);
      if (chunk.error) throw new ApiError(chunk.error.message ?? "The server broke off.", 500);
      answer.id ??= chunk.id ?? null;
      if (chunk.usage) answer.usage = chunk.usage;
      const choice = chunk.choices?.[0];
      if (!choice) continue;
      for (const token of choice.logprobs?.content ?? []) answer.ids.push(token.id);
      if (take(answer, choice.delta ?? {})) {
        const now = performance.now() - began;
        answer.firstMs ??= now;
        if (answer.content !== "" && answer.reasoning !== "") answer.thoughtMs ??= now;
        answer.pieces++;
      }
      if (choice.finish_reason) answer.finish = choice.finish_reason;
      onChange(answer);
    }
    if (answer.finish === null) throw new ApiError("The server broke off before the answer was whole.", 0);
    return answer;
  } catch (problem) {
    answer.finish ??= problem.name === "AbortError" ? "stopped" : "error";
    problem.partial = answer;
    throw problem;
  } finally {
    answer.totalMs = performance.now() - began;
  }
}

/** Takes over one piece; whether there was anything in it. */
function take(answer, delta) {
  const reasoning = delta.reasoning_content ?? delta.reasoning ?? "";
  answer.reasoning += reasoning;
  answer.content += delta.content ?? "";
  for (const part of delta.tool_calls ?? []) {
    const call = answer.toolCalls[part.index ?? 0] ??= { id: "", name: "", arguments: "" };
    call.id = part.id || call.id;
    call.name += part.function?.name ?? "";
    call.arguments += part.function?.arguments ?? "";
  }
  return reasoning !== "" || Boolean(delta.content) || Boolean(delta.tool_calls?.length);
}
