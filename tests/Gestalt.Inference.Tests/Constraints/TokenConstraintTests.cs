using System.Text;
using Gestalt.Inference.Constraints;
using Gestalt.Text;

namespace Gestalt.Inference.Tests.Constraints;

public sealed class TokenConstraintTests
{
    private static readonly TokenVocabulary Vocabulary = Vocabularies.Pieces(new Random(3), 400, "(()())((()))", "[[1,2],[3]]", "aaaa\"}, bbbb");

    private static int End => Vocabulary.Count - 1;

    private static int Special => Vocabulary.Count - 2;

    private static CompiledConstraint Nesting { get; } = new ConstraintCompiler(Vocabulary).Gbnf("root ::= (\"(\" root \")\")* | \"[\" [0-9]* \"]\"");

    [Fact]
    [Trait("Speed", "Smoke")]
    public void What_is_not_allowed_is_refused_and_changes_nothing()
    {
        TokenConstraint constraint = Nesting.Start();
        constraint.Accept('(');
        foreach (int id in new[] { 'x', End, Special, -1, Vocabulary.Count })
        {
            Assert.False(constraint.TryAccept(id));
            Assert.Throws<InvalidOperationException>(() => constraint.Accept(id));
        }
        Assert.Equal(1, constraint.Count);
        constraint.Accept(')');
        Assert.True(constraint.IsComplete);
        constraint.Accept(End);
        Assert.True(constraint.IsFinished);
        Assert.Contains("after the end", Assert.Throws<InvalidOperationException>(() => constraint.Accept('(')).Message);
        Assert.Equal([End], Vocabularies.Allowed(MaskOf(constraint)));
    }

    [Fact]
    public void Special_tokens_are_never_allowed_and_ends_only_behind_a_complete_text()
    {
        CompiledConstraint anything = new ConstraintCompiler(Vocabulary).Gbnf("root ::= \"<\" .* \">\"");
        TokenConstraint constraint = anything.Start();
        foreach (char letter in "<|end|>")
        {
            List<int> allowed = Vocabularies.Allowed(MaskOf(constraint));
            Assert.DoesNotContain(Special, allowed);
            Assert.DoesNotContain(End, allowed); // its name could be written as text, but not as that token
            constraint.Accept(letter);
        }
        Assert.Contains(End, Vocabularies.Allowed(MaskOf(constraint)));
        Assert.Contains('x', Vocabularies.Allowed(MaskOf(constraint)));
    }

    [Fact]
    public void A_character_in_several_tokens_is_followed_byte_by_byte()
    {
        CompiledConstraint moon = new ConstraintCompiler(Vocabulary).Gbnf("root ::= [🌙-🌝] \"é\"");
        TokenConstraint constraint = moon.Start();
        foreach (byte value in Encoding.UTF8.GetBytes("🌚"))
        {
            Assert.False(constraint.IsComplete);
            constraint.Accept(value);
        }
        Assert.Equal([0xC3], Vocabularies.Allowed(MaskOf(constraint)));
        constraint.Accept(0xC3);
        constraint.Accept(0xA9);
        Assert.True(constraint.IsComplete && constraint.MustEnd);
        Assert.Equal([End], Vocabularies.Allowed(MaskOf(constraint)));
    }

    [Fact]
    public void Taking_tokens_back_gives_what_was_before()
    {
        var random = new Random(5);
        TokenConstraint constraint = Nesting.Start();
        var masks = new List<uint[]> { MaskOf(constraint) };
        for (int step = 0; step < 2000; step++)
        {
            if (random.Next(3) == 0 && masks.Count > 1)
            {
                int back = random.Next(1, Math.Min(masks.Count, 6));
                constraint.Rollback(back);
                masks.RemoveRange(masks.Count - back, back);
            }
            else
            {
                List<int> allowed = Vocabularies.Allowed(masks[^1]);
                int id = allowed[random.Next(allowed.Count)];
                constraint.Accept(id);
                if (id == End)
                    constraint.Rollback(1);
                else
                    masks.Add(MaskOf(constraint));
            }
            Assert.Equal(masks[^1], MaskOf(constraint));
            Assert.Equal(masks.Count - 1, constraint.Count);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => constraint.Rollback(constraint.Count + 1));
    }

    [Fact]
    public void A_clone_goes_its_own_way()
    {
        TokenConstraint first = Nesting.Start();
        first.Accept('(');
        TokenConstraint second = first.Clone();
        first.Accept(')');
        second.Accept('(');
        second.Accept('(');
        Assert.True(first.IsComplete);
        Assert.False(second.IsComplete);
        foreach (char letter in ")))")
            second.Accept(letter);
        Assert.True(second.IsComplete);
        Assert.Equal((2, 6), (first.Count, second.Count));
    }

    [Fact]
    public void Bytes_that_have_to_come_are_found()
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).Gbnf("root ::= \"{name: \" [a-z]+ \"; age: \" [0-9] \"}\"");
        TokenConstraint constraint = compiled.Start();
        var bytes = new byte[32];
        Assert.Equal("{name: "u8, bytes.AsSpan(0, constraint.ForcedBytes(bytes)));
        Assert.Equal(3, constraint.ForcedBytes(bytes.AsSpan(0, 3)));
        Assert.Equal(0, constraint.Count);
        Assert.True(constraint.TryAcceptText("{name: a;"u8));
        Assert.Equal(" age: "u8, bytes.AsSpan(0, constraint.ForcedBytes(bytes)));
        Assert.True(constraint.TryAcceptText(" age: 7"u8));
        Assert.Equal("}"u8, bytes.AsSpan(0, constraint.ForcedBytes(bytes)));
        Assert.True(constraint.TryAcceptText("}"u8));
        Assert.Equal(0, constraint.ForcedBytes(bytes));
    }

    [Fact]
    public void Where_no_token_has_the_byte_that_must_come_only_the_end_is_left()
    {
        var poor = new TokenVocabulary([[(byte)'a'], [(byte)'b'], [0xFF], null], [3]);
        TokenConstraint constraint = new ConstraintCompiler(poor).Gbnf("root ::= \"ac\"").Start();
        constraint.Accept(0);
        Assert.Equal([3], Vocabularies.Allowed(MaskOf(constraint)));
        constraint.Accept(3);
        Assert.True(constraint.IsFinished);
        Assert.False(constraint.IsComplete);
    }

    [Fact]
    public void Deep_nesting_is_followed_to_its_end()
    {
        TokenConstraint constraint = Nesting.Start();
        for (int i = 0; i < 20_000; i++)
            constraint.Accept('(');
        for (int i = 0; i < 20_000; i++)
            constraint.Accept(')');
        Assert.True(constraint.IsComplete);
        Assert.False(constraint.TryAccept(')'));
    }

    [Fact]
    public void Ambiguity_beyond_reason_is_refused_not_suffered()
    {
        // Each letter may belong to any of many rules that call each other and come back to different places.
        string rules = string.Join('\n', Enumerable.Range(0, 60).Select(i => $"r{i} ::= \"a\" r{(i + 1) % 60} \"b\" | \"a\" r{(i * 7 + 3) % 60} \"c\" | \"a\" r{(i * 5 + 2) % 60} | \"a\""));
        TokenConstraint constraint = new ConstraintCompiler(Vocabulary).Gbnf("root ::= " + string.Join(" | ", Enumerable.Range(0, 60).Select(i => $"r{i}")) + "\n" + rules).Start();
        int read = 0;
        try
        {
            while (read < 300 && constraint.TryAccept('a'))
                read++;
        }
        catch (ConstraintException problem)
        {
            Assert.Contains("too ambiguous", problem.Message);
            Assert.Equal(read, constraint.Count);
            return;
        }
        Assert.Equal(300, read);
    }

    [Fact]
    public void Many_threads_share_one_compiled_grammar()
    {
        CompiledConstraint compiled = new ConstraintCompiler(Vocabulary).Gbnf("root ::= list\nlist ::= \"[\" (item (\",\" item)*)? \"]\"\nitem ::= [0-9]+ | list");
        Parallel.For(0, 40, seed =>
        {
            byte[]? text = Vocabularies.Walk(compiled, new Random(seed), 80);
            Assert.True(text is null || compiled.Matches(text));
        });
    }

    [Fact]
    public void Masks_take_no_memory_once_they_are_known()
    {
        TokenConstraint constraint = new ConstraintCompiler(Vocabulary).Gbnf("root ::= \"{\" s (\", \" s)* \"}\"\ns ::= \"\\\"\" [^\"]* \"\\\"\"").Start();
        var mask = new uint[Vocabulary.MaskLength];
        Round();
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            Round();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Round()
        {
            foreach (byte value in "{\"ab\", \"c\"}"u8)
            {
                constraint.Mask(mask);
                constraint.Accept(value);
            }
            constraint.Rollback(11);
        }
    }

    [Fact]
    public void A_tokenizers_ends_are_the_ends()
    {
        Tokenizer tokenizer = SmallModel.Tokenizer;
        TokenConstraint constraint = new ConstraintCompiler(tokenizer).Gbnf("root ::= \"the cat\"").Start();
        foreach (int id in tokenizer.Encode("the cat"))
            constraint.Accept(id);
        int[] ends = [tokenizer.Special.EndOfText, tokenizer.Special.MessageEnd];
        Assert.Equal(ends.Order(), Vocabularies.Allowed(MaskOf(constraint, tokenizer.VocabularySize)));
        TokenConstraint other = new ConstraintCompiler(tokenizer, [tokenizer.Special.MessageEnd]).Gbnf("root ::= \"\"").Start();
        Assert.Equal([tokenizer.Special.MessageEnd], Vocabularies.Allowed(MaskOf(other, tokenizer.VocabularySize)));
    }

    [Fact]
    public void A_mask_makes_logits_impossible()
    {
        var random = new Random(1);
        foreach (int count in new[] { 1, 15, 16, 31, 32, 33, 100, 1000 })
        {
            uint[] mask = [.. Enumerable.Range(0, (count + 31) / 32).Select(_ => (uint)random.NextInt64(uint.MaxValue))];
            float[] logits = [.. Enumerable.Range(0, count + 40).Select(i => (float)i)];
            TokenMask.Apply(mask, logits);
            for (int i = 0; i < logits.Length; i++)
                Assert.Equal(TokenMask.Allows(mask, i) ? i : float.NegativeInfinity, logits[i]);
        }
        Assert.Throws<ArgumentException>(() => Nesting.Start().Mask(new uint[1]));
    }

    private static uint[] MaskOf(TokenConstraint constraint, int? count = null)
    {
        var mask = new uint[((count ?? Vocabulary.Count) + 31) / 32];
        constraint.Mask(mask);
        return mask;
    }
}
