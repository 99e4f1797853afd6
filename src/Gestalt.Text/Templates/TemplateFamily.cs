namespace Gestalt.Text.Templates;

/// <summary>A form of conversation that many models share, for those that come without a template.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Tokens">The special tokens by which a vocabulary shows that it was made for it; none where only a name can.</param>
/// <param name="ModelNames">Parts of the names of models that use it although their vocabulary does not show it.</param>
/// <param name="Source">The template.</param>
internal sealed record TemplateFamily(string Name, string[] Tokens, string[] ModelNames, string Source)
{
    // Most of these forms have no place for a system message; as their makers do, it goes before the first user message then.
    private const string SystemFirst =
        """
        {%- if messages and messages[0].role == 'system' -%}
            {%- set system = messages[0].content | trim -%}{%- set turns = messages[1:] -%}
        {%- else -%}
            {%- set system = '' -%}{%- set turns = messages -%}
        {%- endif -%}
        """;

    private static readonly TemplateFamily[] All =
    [
        new("ChatML", ["<|im_start|>", "<|im_end|>"], [], """
            {%- for message in messages -%}
                {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}
            """),
        new("Llama 3", ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"], [], """
            {{- bos_token -}}
            {%- for message in messages -%}
                {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content | trim + '<|eot_id|>' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' -}}{%- endif -%}
            """),
        new("Gemma", ["<start_of_turn>", "<end_of_turn>"], [], SystemFirst + """
            {{- bos_token -}}
            {%- for message in turns -%}
                {{- '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' -}}
                {{- (system + '\n\n' if loop.first and system else '') + message.content | trim + '<end_of_turn>\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<start_of_turn>model\n' -}}{%- endif -%}
            """),
        new("Phi-4", ["<|im_start|>", "<|im_sep|>"], [], """
            {%- for message in messages -%}
                {{- '<|im_start|>' + message.role + '<|im_sep|>' + message.content + '<|im_end|>' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|im_start|>assistant<|im_sep|>' -}}{%- endif -%}
            """),
        new("Phi-3", ["<|user|>", "<|assistant|>", "<|end|>"], [], """
            {%- for message in messages -%}
                {{- '<|' + message.role + '|>\n' + message.content + '<|end|>\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}
            """),
        new("DeepSeek", ["<｜User｜>", "<｜Assistant｜>"], [], """
            {{- bos_token -}}
            {%- for message in messages -%}
                {{- '<｜User｜>' + message.content if message.role == 'user' -}}
                {{- '<｜Assistant｜>' + message.content + '<｜end▁of▁sentence｜>' if message.role == 'assistant' -}}
                {{- message.content if message.role == 'system' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<｜Assistant｜>' -}}{%- endif -%}
            """),
        new("Command R", ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"], [], """
            {{- bos_token -}}
            {%- for message in messages -%}
                {{- '<|START_OF_TURN_TOKEN|>' + {'system': '<|SYSTEM_TOKEN|>', 'assistant': '<|CHATBOT_TOKEN|>'}.get(message.role, '<|USER_TOKEN|>') -}}
                {{- message.content | trim + '<|END_OF_TURN_TOKEN|>' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' -}}{%- endif -%}
            """),
        new("Granite", ["<|start_of_role|>", "<|end_of_role|>"], [], """
            {%- for message in messages -%}
                {{- '<|start_of_role|>' + message.role + '<|end_of_role|>' + message.content + '<|end_of_text|>\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|start_of_role|>assistant<|end_of_role|>' -}}{%- endif -%}
            """),
        new("Mistral", ["[INST]", "[/INST]"], ["mistral", "mixtral"], SystemFirst + """
            {{- bos_token -}}
            {%- for message in turns -%}
                {%- if message.role == 'assistant' -%}
                    {{- message.content + eos_token -}}
                {%- else -%}
                    {{- '[INST] ' + (system + '\n\n' if loop.last and system else '') + message.content + ' [/INST]' -}}
                {%- endif -%}
            {%- endfor -%}
            """),
        new("Zephyr", [], ["zephyr", "tinyllama", "stablelm-2"], """
            {%- for message in messages -%}
                {{- '<|' + message.role + '|>\n' + message.content + eos_token + '\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}
            """),
        new("Vicuna", [], ["vicuna", "wizardlm"], SystemFirst + """
            {{- bos_token + (system + '\n\n' if system else '') -}}
            {%- for message in turns -%}
                {{- 'ASSISTANT: ' + message.content + eos_token + '\n' if message.role == 'assistant' else 'USER: ' + message.content + '\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}{{- 'ASSISTANT:' -}}{%- endif -%}
            """),
        Llama2,
        Alpaca,
    ];

    private static TemplateFamily Llama2 => new("Llama 2", [], ["llama-2", "llama2", "llama 2", "codellama"], SystemFirst + """
        {%- for message in turns -%}
            {%- if message.role == 'assistant' -%}
                {{- ' ' + message.content | trim + ' ' + eos_token -}}
            {%- else -%}
                {{- bos_token + '[INST] ' + ('<<SYS>>\n' + system + '\n<</SYS>>\n\n' if loop.first and system else '') + message.content | trim + ' [/INST]' -}}
            {%- endif -%}
        {%- endfor -%}
        """);

    private static TemplateFamily Alpaca => new("Alpaca", [], ["alpaca"], SystemFirst + """
        {{- (system + '\n\n') if system -}}
        {%- for message in turns -%}
            {{- '### Response:\n' + message.content + '\n\n' if message.role == 'assistant' else '### Instruction:\n' + message.content + '\n\n' -}}
        {%- endfor -%}
        {%- if add_generation_prompt -%}{{- '### Response:\n' -}}{%- endif -%}
        """);

    /// <summary>The form that a vocabulary or a name points to, and what about them does.</summary>
    public static (TemplateFamily Family, string Reason) Of(Tokenizer tokenizer, string? modelName)
    {
        TemplateFamily? shown = All
            .Where(family => family.Tokens.Length > 0 && family.Tokens.All(token => tokenizer.Special.Find(token) is not null))
            .MaxBy(family => family.Tokens.Contains("<|im_sep|>") ? 1 : 0);
        if (shown is not null)
        {
            return (shown, $"assumed: the model carries no chat template, but its vocabulary has {string.Join(" and ", shown.Tokens)}");
        }

        if (modelName is not null)
        {
            foreach (TemplateFamily family in All)
            {
                if (family.ModelNames.FirstOrDefault(part => modelName.Contains(part, StringComparison.OrdinalIgnoreCase)) is string part)
                {
                    return (family, $"assumed: the model carries no chat template, but its name '{modelName}' contains '{part}'");
                }
            }
        }

        return tokenizer.Special.Find("<s>") is not null && tokenizer.Special.Find("</s>") is not null && tokenizer.VocabularySize is >= 32000 and < 32100
            ? (Llama2, "assumed: the model carries no chat template, but has the vocabulary of Llama 2")
            : (Alpaca, "assumed: the model carries no chat template, and neither its vocabulary nor its name tells of one; it may be a base model");
    }

    /// <summary>The name of the token with which sequences begin; null if the vocabulary has none of the known ones.</summary>
    public static string? StartName(Tokenizer tokenizer) =>
        ((string[])["<|begin_of_text|>", "<s>", "<bos>", "<｜begin▁of▁sentence｜>", "<BOS_TOKEN>"]).FirstOrDefault(name => tokenizer.Special.Find(name) is not null);
}
