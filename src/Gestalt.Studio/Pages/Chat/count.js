// How long texts are in a model's own tokens.
import { json } from "../shell/api.js";

/** Tokens of a text. */
export const countText = async (model, text) => (await json("POST", "/v1/tokenize", { model: model.id, input: text, count_only: true })).count;

/** Tokens of a conversation as the model reads it, with everything that its template puts around the messages. */
export async function countMessages(model, messages) {
  if (messages.length === 0) return 0;
  return (await json("POST", "/v1/tokenize", { model, messages, count_only: true })).count;
}
