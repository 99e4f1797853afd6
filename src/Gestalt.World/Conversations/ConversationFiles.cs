using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gestalt.World;

/// <summary>Writes conversations as other tools read them: training dialogues as OpenAI-style <c>messages</c>, tests with their answers.</summary>
public static class ConversationFiles
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes train.jsonl (<paramref name="dialogues"/> dialogues), questions.jsonl and completions.jsonl to <paramref name="folder"/>,
    /// each beside its place and then renamed into it.
    /// </summary>
    public static void Write(Conversations conversations, string folder, int dialogues)
    {
        Directory.CreateDirectory(folder);
        Lines("train.jsonl", conversations.Training(dialogues).Select(dialogue => JsonSerializer.Serialize(new
        {
            kind = Name(dialogue.Kind),
            facts = dialogue.FactIds,
            messages = dialogue.Turns.Select(turn => new { role = turn.Role, content = turn.Content }),
        }, Json)));
        Lines("questions.jsonl", conversations.Questions().Select(question => JsonSerializer.Serialize(new
        {
            fact = question.FactId,
            question = question.Text,
            phrasing = Name(question.Phrasing),
            split = Name(question.Split),
            answer = question.ExpectedValue,
            aliases = question.AcceptedAliases,
            chance = question.ChanceLevel,
        }, Json)));
        Lines("completions.jsonl", conversations.Completions().Select(completion => JsonSerializer.Serialize(new
        {
            fact = completion.FactId,
            prefix = completion.Prefix,
            phrasing = Name(completion.Phrasing),
            answer = completion.ExpectedValue,
            chance = completion.ChanceLevel,
        }, Json)));

        void Lines(string name, IEnumerable<string> lines)
        {
            string path = Path.Combine(folder, name);
            File.WriteAllLines(path + ".new", lines, new UTF8Encoding(false));
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
