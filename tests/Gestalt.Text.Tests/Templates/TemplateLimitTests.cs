using System.Diagnostics;

namespace Gestalt.Text.Tests;

/// <summary>No template runs long, fills memory or ends the process.</summary>
public sealed class TemplateLimitTests
{
    private static readonly Conversation Short = Conversation.Of(new Message("user", "Hello!"));

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "loops")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}", "loops")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nests deeper")]
    [InlineData("{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}", "nests deeper")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99999) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(s=['x']) %}{% for i in range(99999) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "more than")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(99999) %}{% set ns.s = ns.s ~ 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy' %}{% endfor %}", "loops")]
    [InlineData("{{ 'x' * 1000000000 }}", "characters")]
    [InlineData("{{ ['x'] * 1000000000 }}", "more than")]
    [InlineData("{{ 10 ** 10 ** 10 }}", "bits")]
    [InlineData("{{ '%1000000000d' % 5 }}", "wider")]
    [InlineData("{{ '{:1000000000}'.format(5) }}", "wider")]
    [InlineData("{{ 'x'.ljust(1000000000000) }}", "characters")]
    [InlineData("{{ 'x' | center(1000000000000) }}", "characters")]
    [InlineData("{{ range(10 ** 30) }}", "refused")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}", "nests deeper")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}", "nests deeper")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == [ns.x] }}", "nests deeper")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x == ns.x + [] }}", "loops")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | string | length }}", "loops")]
    [InlineData("{% set x = 'ab' * 1000000 %}{% for i in range(99999) %}{{ x.replace('a', 'b') | length }}{% endfor %}", "loops")]
    [InlineData("{% set x = range(99999) | list %}{% for i in range(99999) %}{{ 'q' in x }}{% endfor %}", "loops")]
    [InlineData("{% set x = range(99999) | list %}{% for i in range(99999) %}{{ x | sort | length }}{% endfor %}", "loops")]
    public void A_template_that_would_not_end_is_refused_at_once(string source, string reason)
    {
        ChatTemplate template = ChatTemplate.Parse(source);
        long begun = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
        TemplateException refusal = Assert.Throws<TemplateException>(() => template.Render(Short));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.Line == 1);

        // Alone on a machine each takes under 0.1 s; others may be using this one.
        Assert.True(Stopwatch.GetElapsedTime(begun).TotalSeconds < 5, $"it took {Stopwatch.GetElapsedTime(begun)}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 2L << 30);
    }

    [Fact]
    public void Sources_that_nest_without_end_are_refused()
    {
        foreach (string open in (string[])["(", "[", "not ", "-", "{'a':", "a[", "a(", "1 if a else ", "a ~ (", "x | default("])
        {
            string source = "{{ " + string.Concat(Enumerable.Repeat(open, 50_000)) + "1 }}";
            Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source));
        }

        foreach (string open in (string[])["{% if a %}", "{% for a in b %}", "{% filter upper %}", "{% macro m() %}", "{% set x %}", "{% with %}", "{% generation %}"])
        {
            Assert.Throws<TemplateException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat(open, 30_000))));
        }

        Assert.Throws<TemplateException>(() => ChatTemplate.Parse(new string('x', 2 << 20)));
    }

    [Theory]
    [InlineData(" + 1")]
    [InlineData(" | string")]
    [InlineData("[0]")]
    [InlineData(".a")]
    [InlineData(" and 1")]
    [InlineData("()")]
    [InlineData(" is defined")]
    [InlineData(" if 1")]
    public void Long_chains_are_refused_rather_than_overflowing_the_stack(string link)
    {
        string source = "{{ 1" + string.Concat(Enumerable.Repeat(link, 50_000)) + " }}";
        TemplateException? refusal = null;
        var thread = new Thread(() => refusal = Record.Exception(() => ChatTemplate.Parse(source).Render(Short)) as TemplateException, 256 << 10);
        thread.Start();
        thread.Join();
        Assert.NotNull(refusal);
    }

    [Fact]
    public void A_long_conversation_is_written_whole()
    {
        var conversation = new Conversation([.. Enumerable.Range(0, 5000).Select(i => new Message(i % 2 == 0 ? "user" : "assistant", $"message {i} " + new string('x', 400)))]);
        string text = ChatTemplate.Parse("{% for m in messages %}{% if loop.index0 > 0 and messages[loop.index0 - 1].role == m.role %}!{% endif %}{{ '<' ~ m['role'] ~ '>' ~ (m.content | trim) + '\n' }}{% endfor %}").Render(conversation).Text;
        Assert.Equal(string.Concat(conversation.Messages.Select(message => $"<{message.Role}>{message.Content}\n")), text);
    }

    [Theory]
    [InlineData("a\nb {{ x + }}", 2, "value is expected")]
    [InlineData("\n\n{% if x %}", 3, "endif")]
    [InlineData("{{ 'a\nb' }}\n{{ nothing.x }}", 3, "'nothing' is not defined")]
    [InlineData("{%- for m in messages -%}\n\n\n{{- m.content.nothing.x -}}\n{%- endfor -%}", 4, "has no 'nothing'")]
    [InlineData("{% macro m(x) %}\n{{ x.y }}\n{% endmacro %}\n{{ m(none) }}{{ m(none).z.q }}", 4, "has no 'z'")]
    [InlineData("{# a\nb #}\n{{ raise_exception('Only users speak.') }}", 3, "Only users speak.")]
    [InlineData("{{ 1 | nofilter }}", 1, "no filter 'nofilter'")]
    [InlineData("{{ 'a'.append(1) }}", 1, "no 'append'")]
    [InlineData("{{ messages.append(1) }}", 1, "would change a list")]
    [InlineData("{{ messages[0].content | tojson(indnt=2) }}", 1, "has no argument 'indnt'")]
    [InlineData("{% include 'x' %}", 1, "stands alone")]
    [InlineData("{{ ''.__class__.__mro__ }}", 1, "no '__class__'")]
    public void An_error_names_the_line_and_what_is_wrong(string source, int line, string reason)
    {
        TemplateException error = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source).Render(Short));
        Assert.Equal(line, error.Line);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(source.Contains("raise_exception", StringComparison.Ordinal), error.IsRefusal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("3")]
    [InlineData("{\"a\": 1}")]
    public void Tools_that_are_no_list_are_refused(string tools) =>
        Assert.Throws<ArgumentException>(() => ChatTemplate.Parse("x").Render(Short, new TemplateOptions { Tools = tools }));

    [Fact]
    public void Mutated_templates_are_read_or_refused() => Mutate(count: 4_000, seed: 1);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Very_many_mutated_templates_are_read_or_refused() => Mutate(count: 1_000_000, seed: 2);

    private static void Mutate(int count, int seed)
    {
        string[] sources = [.. Golden.Language.Select(@case => @case.GetProperty("template").GetString()!), .. Golden.Sources()];
        string[] pieces = ["{{", "}}", "{%", "%}", "-", "{#", "#}", "'", "\"", "(", ")", "[", "]", "|", ".", "for", " in ", "endfor", "if", "endif", "set ", "loop", "messages", "\n", " ", "\\", "not ", "is ", "*", "~", "range(9)", "\ud83d", "\0", "raw", "1e999", "0x", "**", "%", "macro m()", "m()"];
        var random = new Random(seed);
        TimeSpan longest = default;
        string slowest = "";
        for (int i = 0; i < count; i++)
        {
            string source = sources[random.Next(sources.Length)];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                int at = random.Next(source.Length + 1), length = Math.Min(random.Next(8), source.Length - at);
                string other = sources[random.Next(sources.Length)];
                int from = random.Next(other.Length);
                source = random.Next(3) switch
                {
                    0 => source.Remove(at, length),
                    1 => source.Insert(at, pieces[random.Next(pieces.Length)]),
                    _ => source.Remove(at, length).Insert(at, other[from..Math.Min(other.Length, from + random.Next(40))]),
                };
            }

            long begun = Stopwatch.GetTimestamp();
            try
            {
                _ = ChatTemplate.Parse(source).Render(Short, Golden.Options).Text;
            }
            catch (TemplateException)
            {
                // Refused, as most are.
            }
            catch (Exception problem)
            {
                Assert.Fail($"{problem.GetType().Name} ({problem.Message}) for the template:\n{source}\n{problem.StackTrace}");
            }

            if (Stopwatch.GetElapsedTime(begun) > longest)
            {
                (longest, slowest) = (Stopwatch.GetElapsedTime(begun), source);
            }
        }

        Assert.True(longest.TotalSeconds < 5, $"a template took {longest}:\n{slowest}");
    }
}
