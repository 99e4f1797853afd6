using System.Diagnostics;
using Gestalt.Tasks.Tools;

namespace Gestalt.Tasks.Tests.Tools;

public sealed class CodeToolTests
{
    private static readonly CodeTool Code = new();

    [Theory]
    [Trait("Speed", "Smoke")]
    [InlineData("\"strawberry\".count(\"r\")", "3")]
    [InlineData("\"strawberry\"[::-1]", "yrrebwarts")]
    [InlineData("weekday(date(1953, 3, 14))", "Saturday")]
    [InlineData("weekday(date('14 March 1953'))", "Saturday")]
    [InlineData("date('May 14, 2024') - date(' 2024-03-03')", "72")]
    [InlineData("date(2024, 5, 14) - date(2024, 3, 3)", "72")]
    [InlineData("date(2024, 2, 28) + 2", "2024-03-01")]
    [InlineData("9.11 > 9.9", "False")]
    [InlineData("0.1 + 0.2 == 0.3", "True")]
    [InlineData("7 // 2, -7 // 2, -7 % 3, 2 ** 10", "[3, -4, 2, 1024]")]
    [InlineData("sum(x * x for x in range(1, 11) if x % 2 == 0)", "220")]
    [InlineData("sorted('hello')", "['e', 'h', 'l', 'l', 'o']")]
    [InlineData("sorted(['bb', 'a', 'ccc'], key=lambda w: len(w), reverse=True)", "['ccc', 'bb', 'a']")]
    [InlineData("'-'.join(['a', 'b'] + ['c'])", "a-b-c")]
    [InlineData("'a b  c'.split()", "['a', 'b', 'c']")]
    [InlineData("[i for i in range(10, 0, -3)]", "[10, 7, 4, 1]")]
    [InlineData("'x' in 'text' and not 'y' in 'text'", "True")]
    [InlineData("'big' if 3 > 2 else 'small'", "big")]
    [InlineData("1 < 2 < 3 != 4", "True")]
    [InlineData("max(3, 9, 4), min([5, 2]), len('four'), abs(-3), round(2.5), round(3.14159, 2)", "[9, 2, 4, 3, 3, 3.14]")]
    [InlineData("int('42') + int(7.9)", "49")]
    [InlineData("'ab' * 2 + 'c'", "ababc")]
    [InlineData("[1, 2, 3][-1]", "3")]
    [InlineData("'hello'[1:4]", "ell")]
    [InlineData("'hello'.replace('l', 'L').upper()", "HELLO")]
    [InlineData("print('a', 1)\nprint('b')", "a 1\nb")]
    [InlineData("x = 3; x += 4; x", "7")]
    [InlineData("a, b = 1, 2\na, b = b, a\n[a, b]", "[2, 1]")]
    [InlineData("[n for n, w in enumerate(['a', 'b']) if w == 'b']", "[1]")]
    [InlineData("list(map(len, ['a', 'bcd']))", "[1, 3]")]
    public void Runs_what_python_runs(string program, string expected) => Assert.Equal(expected, Code.Answer(program));

    [Fact]
    public void Runs_blocks_functions_and_recursion()
    {
        Assert.Equal("55", Code.Answer("def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n\nfib(10)"));
        Assert.Equal("25", Code.Answer("""
            primes = []
            n = 2
            while n < 100:   # the slow way
                if all(n % p != 0 for p in primes):
                    primes.append(n)
                n += 1
            len(primes)
            """));
        Assert.Equal("[0, 1, 3]", Code.Answer("out = []\nfor i in range(10):\n  if i == 2: continue\n  if i > 3: break\n  out.append(i)\nout"));
        Assert.Equal("[5, 7]", Code.Answer("def adder(n): return lambda x: x + n\nadd = adder(5)\n[add(0), add(2)]"));
        Assert.Equal("odd", Code.Answer("def kind(n):\n\tif n % 2 == 0:\n\t\treturn 'even'\n\telif n < 0:\n\t\treturn 'negative'\n\telse:\n\t\treturn 'odd'\nkind(3)"));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("1 +", "Line 1: the line ends where a value")]
    [InlineData("x", "nothing is called 'x'")]
    [InlineData("import os", "'import' is not part")]
    [InlineData("open('/etc/passwd')", "'open' is not part")]
    [InlineData("().__class__", "must be called")]
    [InlineData("().__class__()", "no '.__class__'")]
    [InlineData("while True: pass", "more than 200000 steps")]
    [InlineData("def f(n): return f(n + 1)\nf(0)", "deep")]
    [InlineData("x = 'a'\nwhile True: x = x + x", "Line 2: a text or list of 16384")]
    [InlineData("'a' * 100000000", "a text or list of 100000000")]
    [InlineData("range(100000000)", "a text or list of")]
    [InlineData("range(10 ** 30)", "whole number of moderate size")]
    [InlineData("9 ** 9 ** 9", "too long")]
    [InlineData("x = 2\nwhile True: x = x * x", "too long")]
    [InlineData("1 / 0", "Line 1: A number cannot be divided by 0")]
    [InlineData("x = []\nx.append(x)\nx", "nested")]
    [InlineData("x = []\nx.append(x)\ny = []\ny.append(y)\nx == y", "nested")]
    [InlineData("'a' + 1", "'+' does not go between a text and a number")]
    [InlineData("if True:\nx = 1", "an indented block")]
    [InlineData("  x = 1", "no block begins before it")]
    [InlineData("if 1:\n    x = 1\n  y = 2", "indented like no block")]
    [InlineData("\"abc", "does not end on its line")]
    [InlineData("f(1)(2", "a closing bracket should stand")]
    [InlineData("[][0]", "there is no item 0 among 0")]
    [InlineData("date('29 February 2023')", "there is no date '29 February 2023'; write 14 March 1953")]
    [InlineData("date(2023, 2, 29)", "there is no date 2023-2-29")]
    [InlineData("return 3", "inside functions and loops")]
    [InlineData("x = 3", "ends without a value")]
    [InlineData("a, b = 1, 2, 3", "2 names are given 3 values")]
    [InlineData("1 = 2", "can be assigned to")]
    [InlineData("§", "means nothing here")]
    [InlineData("'x'[::0]", "steps of 0")]
    [InlineData("range(0, 5, 0)", "steps of 0")]
    [InlineData("'a'.replace('', 'b')", "cut at nothing")]
    [InlineData("sorted([1, 'a'])", "have no order")]
    public void What_cannot_be_run_gets_one_sentence(string program, string part)
    {
        string message = Program(program);
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message);
        Assert.DoesNotContain('\n', message);

        static string Program(string text)
        {
            try
            {
                return Code.Answer(text);
            }
            catch (ToolException refusal)
            {
                return refusal.Message;
            }
        }
    }

    [Fact]
    public void Deep_nesting_neither_overflows_the_stack_nor_runs_long()
    {
        foreach (string program in (string[])[new string('[', 3999), new string('-', 3998) + "1", string.Concat(Enumerable.Repeat("not ", 900)) + "1", string.Concat(Enumerable.Repeat("lambda:", 500)) + "1",
            string.Concat(Enumerable.Repeat("1+", 1900)) + "1", "x" + new string('(', 1900) + new string(')', 1900), string.Concat(Enumerable.Repeat("if 1:", 700)) + "1",
            string.Concat(Enumerable.Range(0, 85).Select(depth => new string(' ', depth) + "if 1:\n")), "x = 'a'.upper" + string.Concat(Enumerable.Repeat("().upper", 400)) + "()"])
        {
            Assert.Throws<ToolException>(() => Code.Answer(program));
        }
    }

    [Theory]
    [InlineData("x = 'ab' * 5000\ny = 0\nwhile True: y = y + x.count('a')")]
    [InlineData("x = list(range(10000))\nwhile True: x = sorted(x, reverse=True)")]
    [InlineData("x = 7 ** 1400\nwhile True: x = x + 1 / x - 1 / x")]
    [InlineData("x = ['a' * 100] * 90\nwhile True: y = str(x)")]
    [InlineData("x = list(range(9000))\nwhile True: y = [[a] for a in x]")]
    [InlineData("x = list(range(10000))\nwhile True: y = -1 in x")]
    [InlineData("while True: y = 1 / 7 ** 1400\nstr(y)")]
    public void A_program_at_its_limits_ends_soon(string program)
    {
        long begun = Stopwatch.GetTimestamp();
        Assert.Throws<ToolException>(() => Code.Answer(program));
        // About a tenth of a second each on a quiet core; the limit leaves room for a busy machine and still catches what has no bound.
        Assert.True(Stopwatch.GetElapsedTime(begun).TotalSeconds < 10, program);
    }

    [Fact]
    public void Random_programs_are_answered_or_refused_and_never_anything_else()
    {
        var random = new Random(8);
        string[] pieces =
        [
            "x", "y", "f", "1", "2.5", "'ab'", "[", "]", "(", ")", "+", "-", "*", "/", "//", "%", "**", "=", "==", "<", "+=", ",", ":", ".", "\n", "\n  ", "\n    ", " ", "if ", "else ", "for ", "in ", "while ",
            "def f(x):", "return ", "lambda x: ", "not ", "and ", "len", "sum", "range", "sorted", "str", "count", "append", "[::-1]", "date(2000, 1, 1)", "weekday", "True", "None", "print", "x = [1]\n", "break", "pass", ";", "#", "\"",
            "max", "min", "map", "zip", "int", "join", "x.append(x)", "[x for x in y]", "key=",
        ];
        for (int i = 0; i < 15_000; i++)
        {
            string program = string.Concat(Enumerable.Range(0, random.Next(1, 18)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Assert.NotEmpty(Code.Answer(program));
            }
            catch (ToolException refusal)
            {
                Assert.EndsWith(".", refusal.Message);
            }
        }
    }
}
