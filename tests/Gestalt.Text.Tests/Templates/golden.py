"""Writes golden.json: what Jinja itself makes of templates, set up as Hugging Face sets it up for chat templates.

    python3 golden.py ../../../../shared/data/templates > golden.json        (needs Jinja: apt-get install python3-jinja2)

Each case has a template (its text, or the name of a file in the folder), variables, and the text that comes out; or "error": true.
"""
import datetime
import itertools
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_mark"), [], [], body).set_lineno(line)

    def _mark(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = refuse
env.globals["strftime_now"] = lambda form: datetime.datetime(2026, 3, 7, 9, 5, 2).strftime(form)


def render(source, variables):
    try:
        return {"text": env.from_string(source).render(**variables)}
    except Exception:
        return {"error": True}


# --- the language -----------------------------------------------------------------------------------------------------------------------

EXPRESSIONS = """
1 + 2 * 3
7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 / 2, 6 / 3, 2 ** 10, 2 ** -1, -2 ** 2
1.5 + 1, 1e3, 1e16, 1.0, 0.1 + 0.2, 1e-5, 123456789.125, 1e22, 0.0001, 7.0 // 2, -7.5 % 2, 1_000
true + 1, true == 1, 1 == 1.0, none == none, "1" == 1
"a" < "b", [1, 2] < [1, 3], "Z" < "a", 1 < 2 < 3, 1 < 3 < 2, 1 != 2
1 in [1, 2], "b" in "abc", "x" not in "abc", "k" in {"k": 1}, 3 not in [1, 2], 1 in {1: 2}
not true, not "", not [], not {}, not none, not 0, not 0.0, not "0"
1 if true else 2, 1 if false else 2, (1 if false), [1 if false]
"a" ~ 1 ~ none ~ true ~ 1.0 ~ [1, "b"] ~ {"k": "v"}
"a" "b" 'c'
"ab" * 3, [1, 2] * 2, 2 * "xy", "x" * 0, "x" * -1
[1, 2] + [3], (1, 2) + (3,), "a" + "b"
(1,), (), (1, 2), [], {}, {"a": [1, {"b": none}]}
"quote ' here", "both ' and \\"", ["it's", 'say "x"', "both ' \\"", "new\\nline\\ttab\\\\"]
1 and 2, 0 and 2, 1 or 2, 0 or 2, "" or "x", none and 1, not 1 or 2
text[0], text[-1], text[1:3], text[:-1], text[::-1], text[::2], text[5:1], text[100:], text[-3:], text[4:1:-1], text[99] is defined
emoji[0], emoji[1], emoji[-1], emoji[1:3], emoji | length, emoji[::-1], emoji | list, emoji.find("b")
numbers[0], numbers[-1], numbers[1:], numbers[::-1], numbers[99] is defined, numbers[1:][0], numbers[-2:]
map.a, map["b"], map.missing is defined, map["missing"] is defined, map.get("a"), map.get("z"), map.get("z", 5), map.items() | list
map.keys() | list, map.values() | list, map | items | list, map | length, map | list
missing, missing is defined, missing is undefined, missing == other_missing, missing | default("d"), missing | d("e"), missing or "f"
none | default("d"), none | default("d", true), "" | default("d"), "" | default("d", true), false | default("x", boolean=true)
none | selectattr("x") | list, none | map("upper") | list, missing | rejectattr("x") | list, 0 | select | list
missing | length, missing | list, missing | join, missing | string, missing | upper, missing | trim, missing | first is defined, missing is iterable
missing is string, missing is none, missing is mapping, missing is sequence, missing is number, not missing, missing is true, missing is callable
"x" in missing, missing ~ "a", [missing], missing | items | list
"  ab  ".strip() ~ "|", "  ab  ".lstrip() ~ "|", "  ab  ".rstrip() ~ "|", "xxabxx".strip("x"), "abc".strip("ca"), "\\u00a0\\n\\tq".strip()
"a,b,c".split(","), "a,b,c".split(",", 1), " a  b c ".split(), " a  b c ".split(none, 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","), "abc".split("x")
" a b c ".rsplit(none, 1), "a\\nb\\r\\nc\\n".splitlines(), "a\\nb".splitlines(true), "a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("x")
"abc".startswith("a"), "abc".startswith(("x", "a")), "abc".endswith("bc"), "abc".endswith(("x",)), "abcabc".replace("b", "XX"), "abcabc".replace("b", "", 1), "abc".replace("", "-")
"abc".find("c"), "abc".find("z"), "abcabc".rfind("b"), "abc".index("b"), "abcabc".count("bc"), "ab".count(""), "abc".find("a", 1)
"hello wORLD".title(), "hello wORLD".capitalize(), "hello wORLD" | title, "hello wORLD" | capitalize, "it's o'neil-x (y)" | title, "it's 3rd o'neil-x" .title()
"abc".upper(), "ABC".lower(), "ÄÖ".lower(), "éa".upper(), "abc" | upper, "ABC" | lower
",".join(["a", "b"]), "{} and {}".format(1, "b"), "{0}{1}{0}".format("a", "b"), "{x}-{y:>4}|{z:.2f}".format(x=1, y="q", z=1.005), "{{}}".format()
"%s is %d" % ("a", 5), "%05.1f|%-5s|%5s|%%" % (3.14159, "ab", "cd"), "%s" % [1], "%x" % 255, "%s and %s" | format("a", 1), "%(k)s" % {"k": "v"}
"a1".isalnum(), "12".isdigit(), "ab".isalpha(), " ".isspace(), "".isdigit(), "AB".isupper(), "ab".islower(), "1.5".isnumeric()
"7".zfill(3), "-7".ljust(4) ~ "|", "ab".rjust(4), "ab".center(6) ~ "|", "prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py")
"  x " | trim ~ "|", "xxaxx" | trim("x"), "a" | replace("a", "b"), "aaa" | replace("a", "b", 2), 5 | string ~ "!", "abc" | reverse, [1, 2] | reverse | list
[3, 1, 2] | sort, [3, 1, 2] | sort(reverse=true), ["b", "A", "c"] | sort, ["b", "A", "c"] | sort(case_sensitive=true), people | sort(attribute="age") | map(attribute="name") | list
people | map(attribute="name") | join(", "), people | map(attribute="zip", default="?") | list, ["a", "b"] | map("upper") | list, [1, 2] | map("string") | list, ["a"] | map("replace", "a", "b") | list
people | selectattr("age") | list | length, people | selectattr("age", "gt", 30) | map(attribute="name") | list, people | rejectattr("name", "equalto", "Ada") | list, people | selectattr("pet", "defined") | list | length
people | selectattr("job.title", "eq", "x") | list, people | map(attribute="job.title") | list, [1, 0, 2] | select | list, [1, 2, 3, 4] | select("odd") | list, [1, 2, 3] | reject("equalto", 2) | list, range(5) | select("divisibleby", 2) | list
[1, 2, 3] | first, [] | first is defined, [1, 2, 3] | last, [1, 2, 3] | sum, people | sum(attribute="age"), [1, 2] | join, [1, none, "x"] | join("-"), [1, 3, 2] | max, [1, 3, 2] | min, [] | max is defined
[1, 1, 2, "a", "A"] | unique | list, map | dictsort, map | dictsort(by="value", reverse=true), people | groupby("age") | map("first") | list, [1, 2, 3] | batch(2) | list, [1, 2, 3] | batch(2, 0) | list
"3.7" | int, "12" | int, "x" | int, "x" | int(7), 3.9 | int, "2.5" | float, "x" | float, "x" | float(1.5), -3 | abs, 2.567 | round(2), 2.5 | round, 3.5 | round, 2.1 | round(method="ceil"), 2.9 | round(0, "floor"), 1.005 | round(2)
"a\\nb\\n\\nc" | indent, "a\\nb" | indent(2, true), "a\\n\\nb" | indent(2, blank=true), "a\\nb" | indent("> "), "a\\nb\\n" | indent(1, first=true) ~ "|"
"<a href='x'>&\\"" | e, "one two three" | wordcount, "hello world foo" | truncate(11, leeway=0), "hello world foo" | truncate(9, true, leeway=0), "short" | truncate(10), "ab" | center(6) ~ "|"
{"a": 1, "b": [1, 2.5, "x", none, true], "c": {}} | tojson, [] | tojson, {} | tojson, "é\\u2028<>&'\\"\\n\\t\\x01\\\\" | tojson, 1.0 | tojson, 1e100 | tojson, "é😀" | tojson(ensure_ascii=true)
{"b": [1, {"c": []}], "a": {}} | tojson(indent=2), {"b": 1, "a": 2} | tojson(sort_keys=true), {"b": [1, 2]} | tojson(separators=(",", ":")), [1] | tojson(indent=0), {1: 2, true: 3, none: 4} | tojson, (1, 2) | tojson
range(3) | list, range(1, 4) | list, range(5, 0, -2) | list, range(0) | list, range(3), range(3) | length, range(10)[2:4] | list, range(5)[-1]
1 is number, 1.5 is float, 1 is integer, true is boolean, true is integer, "s" is string, [] is iterable, {} is mapping, [] is sequence, "s" is sequence, 1 is sequence, none is none, 3 is odd, 4 is even, 9 is divisibleby 3, 9 is divisibleby(2)
1 is eq 1, 1 is ne 2, 2 is gt 1, 1 is lt 2, 1 is ge 1, 1 is le 0, "a" is in "abc", 1 is in [2], 1 is not number, "A" is upper, "a" is lower, true is true, 1 is true, false is false, 1 is sameas 1, "x" is filter, "upper" is filter, "odd" is test
[1, 2, 3] is sequence and [1] is not mapping, 1 is number and 2 is string or true, (1 is number) ~ "x"
dict(a=1, b=2), dict({"a": 1}, b=2), {"a": 1}.a, {"a": {"b": 2}}.a.b, [[1, 2], [3]][0][1], people[0].name, people[0]["name"], people[-1].age, people.0.name
{"items": 5}.items is callable, {"items": 5}["items"], {"get": 1}["get"], map.keys is defined
strftime_now("%Y-%m-%d"), strftime_now("%d %b %Y"), strftime_now("%B %-d, %Y %H:%M:%S"), strftime_now("%A %a %j %y %I %p %%"), strftime_now("%e|%m/%d")
0x1F, 0b101, 0o17, 1_0, 12345678901234567890 + 1, 2 ** 100, big, big + 1, -5 | abs
"\\x41\\u00e9\\U0001F600\\101\\q"
1 if 2 > 1 else 3 if false else 4, (1, 2)[0], "abc"[1], "a-b".split("-")[1] | upper, ("a" ~ "b") | upper, -1 | abs, (-1) | abs, "a" | upper ~ "b" | upper
[1, 2, 3][1:] + [4], {"a": 1, "a": 2}, {"a": 1} == {"a": 1.0}, [1] == (1,), [1, 2].index(2), [1, 1].count(1), (1, 2) == (1, 2), "a" == "a"
namespace(a=1).a, joiner(",")() ~ "x", cycler("a", "b").next(), cycler("a", "b").current
map | string, none | string, [none, true, 1.50, "x"] | string, people[0] | tojson, "%.3f" | format(2), "%5d|" | format(42), "%-5d|" % 42, "%+d" % 5
lambda_text | tojson, [lambda_text], lambda_text | length, map.a.b is defined, "abc" | list, "a" | list | tojson
map is mapping, map.items() is iterable, map.items() is mapping, people | map(attribute="name") is iterable, (people | map(attribute="name") | list)[0]
"abc" is iterable, 5 is iterable, "a" in ["a"] and "b" not in ["a"], not "a" in ["b"], [] == [], 1 // 1.0, 3 * 1.5, 5 % 2.5, 1 - 1.0
""".strip().split("\n")

STATEMENTS = [
    "{% for x in numbers %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }};{% endfor %}",
    "{% for x in numbers %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem is defined }} {% endfor %}",
    "{% for x in [] %}a{% else %}empty{% endfor %}|{% for x in numbers %}{{ x }}{% else %}empty{% endfor %}",
    "{% for x in numbers if x > 3 %}{{ loop.index }}:{{ x }} {% endfor %}|{% for x in numbers if x > 99 %}x{% else %}none{% endfor %}",
    "{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}{% for k in map %}{{ k }}{% endfor %}{% for c in text %}{{ c }}.{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in numbers %}{% if x == 4 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in [1, 2] %}{% for y in [1, 2] %}{{ loop.depth }}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% for x in numbers %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 2) }}{% endfor %}",
    "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }}{% endfor %}{{ x }}",
    "{% set ns = namespace(n=0) %}{% for i in numbers %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}{{ ns.missing is defined }}{% set ns.other = 'x' %}{{ ns.other }}",
    "{% if false %}{% set y = 1 %}{% endif %}{{ y is defined }}{% if true %}{% set y = 2 %}{% endif %}{{ y }}",
    "{% if a is defined %}1{% elif numbers %}2{% else %}3{% endif %}{% if not numbers %}4{% elif false %}5{% endif %}",
    "{% set x %}a{{ 1 + 1 }}b{% endset %}{{ x }}{{ x | length }}{% set y | upper | trim %} q {% endset %}[{{ y }}]",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set t = 1, 2 %}{{ t }}",
    "{% macro m(a, b=2, c=a) %}{{ a }}-{{ b }}-{{ c }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}{{ m(1, 2, 3) }}",
    "{% macro m() %}{{ caller() }}!{{ caller() }}{% endmacro %}{% call m() %}in{% endcall %}",
    "{% macro m() %}{% for i in [1, 2] %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(n) m() %}<{{ n }}>{% endcall %}",
    "{% macro fact(n) %}{{ 1 if n < 2 else n * (fact(n - 1) | int) }}{% endmacro %}{{ fact(6) }}",
    "{% macro m() %}{{ late }}{% endmacro %}{% set late = 'x' %}{{ m() }}{% macro v(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ v(1, 2, 3, k=4) }}",
    "{% filter upper %}abc {{ 'd' }}{% endfilter %}{% filter replace('a', 'b') | upper %}aa{% endfilter %}",
    "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}",
    "{% generation %}said{% endgeneration %}{% for x in [1, 2] %}{% generation %}{{ x }}{% endgeneration %}{% endfor %}",
    "{% raw %}{{ not }} {% this %}{% endraw %}|  {%- raw -%}  x  {%- endraw -%}  |",
    "a\n{% if true %}\nb\n{% endif %}\nc\n",
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n\n",
    "a  {%- if true -%}  b  {%- endif -%}  c",
    "a {# comment #} b\n{# line #}\nc {#- strip -#} d",
    "a\n   {%+ if true %}b{%+ endif +%}\nc",
    "x {{ 1 }} \n {{- 2 -}} \n y {{ 3 }}\n{{ 4 }}\n",
    "  {% set x = 1 %}  {{ x }}  {% if x %}  y{% endif %}  \n  {# c #}  z",
    "\r\n{% if true %}\r\nx\r\n{% endif %}\r\ny\r",
    "{%- for m in people %}\n    {{- m.name }}\n    {%- if not loop.last %}, {% endif %}\n{%- endfor %}\n",
    "{{ '\n' }}{{ \"a\nb\" }}{{ 'tab\\t' }}",
    "{{ '{{' }}{{ '%}' }}{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a': {}} }}",
    "{{-1}} {{ -1 -}} x {{+ 1 }}",
    "{% set x = [1, 2] %}{{ x }}{% set x = x + [3] %}{{ x }}{% set d = dict(map, z=9) %}{{ d.z }}{{ d | length }}",
    "{% set loop_messages = people[1:] %}{{ loop_messages | length }}{% for p in loop_messages %}{{ p.name }}{% endfor %}",
    "{% if 'a' in map and map.a %}yes{% endif %}{% if map.a is defined and map.a is not none %}yes{% endif %}",
    "{% for p in people | sort(attribute='name') %}{{ p.name }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for x in range(3) %}{% set outer = loop %}{% for y in range(2) %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner('|') %}{{ j() }}1{{ j() }}2",
    "{{ none }}{{ true }}{{ 1.0 }}{{ [1, 'a'] }}{{ map }}{{ missing }}",
    "{% set s = '' %}{% for x in [1] %}{% set s = s ~ x %}{% endfor %}[{{ s }}]",
    "{% if (numbers[0] == 1) != (numbers | length % 2 == 0) %}a{% else %}b{% endif %}",
    "{% set x = 5 if missing else 6 %}{{ x }}{% set y = missing.z if missing is defined else 'no' %}{{ y }}",
    "{{ people | tojson(indent=4) }}",
    "{%- macro t(x) -%}{%- if x is mapping -%}{ {%- for k, v in x.items() -%}{{ k }}:{{ t(v) }}{{ ',' if not loop.last }}{%- endfor -%} }{%- elif x is string -%}\"{{ x }}\"{%- else -%}{{ x }}{%- endif -%}{%- endmacro -%}{{ t({'a': {'b': 'c'}, 'd': 1}) }}",
    # what Jinja refuses
    "{{ missing.attribute }}", "{{ missing + 1 }}", "{{ 'a' + 1 }}", "{{ 'a' + none }}", "{{ none.x.y }}", "{{ missing() }}", "{{ 'a'() }}", "{{ 1 < 'a' }}", "{{ 1 / 0 }}", "{{ [] < 1 }}",
    "{% for x in none %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{{ 5 | length }}", "{{ none | length }}", "{{ missing | tojson }}", "{{ 1 in 5 }}", "{{ 1 in 'a' }}", "{{ numbers.append(1) }}", "{{ map.update({}) }}",
    "{{ [1, 2] + (3,) }}", "{{ 'abc'.index('z') }}", "{{ ','.join([1]) }}", "{{ 'a' | nofilter }}", "{{ 'a' is notest }}", "{% if %}x{% endif %}", "{% for x %}{% endfor %}", "{{ 1 + }}", "{{ (1 }}", "{{ 1) }}", "{% endif %}", "{% if 1 %}", "{{ 'a", "{% unknown %}", "{# open",
    "{{ range(1000000) }}", "{{ raise_exception('no') }}", "{% set x.y = 1 %}", "{% set map.y = 1 %}", "{{ {}[[]] }}", "{{ 'a'.split('') }}", "{% break %}", "{{ 'x' * 'y' }}", "{{ -'a' }}", "{{ '%d' % 'x' }}", "{{ '%s %s' % 'x' }}", "{{ map | items | length }}",
]

VARIABLES = {
    "text": "héllo wörld", "emoji": "a😀b😀", "numbers": [1, 4, 2, 5], "map": {"b": 2, "a": 1}, "big": 12345678901234567890123,
    "people": [{"name": "Ada", "age": 36, "job": {"title": "x"}}, {"name": "Bob", "age": 0}, {"name": "Cy", "age": 36, "pet": None}],
    "lambda_text": "line\n'quoted' \"twice\" \u0001 \u00a0 é",
}

# --- real templates ---------------------------------------------------------------------------------------------------------------------

S, U, A, T = "system", "user", "assistant", "tool"


def says(*pairs):
    return [{"role": role, "content": content} for role, content in pairs]


def calls(*functions, content=None):
    return {"role": A, "content": content, "tool_calls": [
        {"id": f"call{i:05}", "type": "function", "function": {"name": name, "arguments": arguments}} for i, (name, arguments) in enumerate(functions)]}


def answer(content, number=0):
    return {"role": T, "content": content, "tool_call_id": f"call{number:05}", "name": "tool"}


CONVERSATIONS = {
    "one": says((U, "Hello!")),
    "system": says((S, "Be brief."), (U, "Who are you?")),
    "turns": says((U, "Hi"), (A, "Hello."), (U, "  What is 2+2?\n")),
    "all": says((S, " You are kind. \n"), (U, "Hi"), (A, " <think>hm</think> Hello. "), (U, "Bye"), (A, "Good bye!")),
    "empty user": says((U, "")),
    "empty answer": says((U, "x"), (A, "")),
    "unicode": says((U, "naïve 漢字 😀 ' \" \\ \t"), (A, "{\"a\": [1, 2]}")),
    "multi-line": says((S, "a\n\nb"), (U, "c\n\n\nd\r\n"), (A, "e\n")),
    "two users": says((U, "a"), (U, "b")),
    "two systems": says((S, "a"), (S, "b"), (U, "c")),
    "system late": says((U, "a"), (S, "b"), (U, "c")),
    "assistant first": says((A, "a"), (U, "b")),
    "only system": says((S, "a")),
    "other role": says(("developer", "a"), (U, "b")),
    "none": [],
    "call": says((U, "Weather in Rome?")) + [calls(("weather", {"city": "Rome", "days": 3, "metric": True, "more": None}))],
    "call and answer": says((S, "Use tools."), (U, "Weather in Rome?")) + [calls(("weather", {"city": "Rome"})), answer("{\"sun\": true}")],
    "call, answer, turn": says((U, "Weather?")) + [calls(("weather", {"city": "Zürich \"ZH\""})), answer("rain\n")] + says((A, "It rains."), (U, "Thanks")),
    "two calls": says((U, "Two")) + [calls(("a", {}), ("b", {"x": [1, 2.5, {"y": "z"}]})), answer("1"), answer("2", 1)] + says((A, "Both.")),
    "said and called": says((U, "Do")) + [calls(("a", {"k": "v"}), content="Let me see.")],
    "tool alone": [answer("x")],
}

TOOLS = [
    None,
    [{"type": "function", "function": {"name": "weather", "description": "Tells the weather.", "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": " The city "}, "days": {"type": "integer", "description": "How many <days>", "default": 1.0},
        "tags": {"type": "array", "items": {"type": "string"}, "description": "é"}, "more": {"type": ["string", "null"], "description": ""}}, "required": ["city"]}}}],
    [{"type": "function", "function": {"name": "now", "description": "It's \"now\"", "parameters": {"type": "object", "properties": {}}}},
     {"type": "function", "function": {"name": "map", "description": "A map", "parameters": {"type": "object", "properties": {
         "o": {"type": "object", "additionalProperties": {"type": "number"}, "description": "d"}, "u": {"description": "any"}}}, "return": {"type": "object", "description": "the map"}}}],
]


def with_text_arguments(messages):
    """Some templates want the arguments of a call as the JSON text in which OpenAI's API hands them over."""
    messages = json.loads(json.dumps(messages))
    for call in (call for message in messages for call in message.get("tool_calls", [])):
        call["function"]["arguments"] = json.dumps(call["function"]["arguments"], ensure_ascii=False)
    return messages


def at_commas(line):
    """The expressions of a line: cut at commas outside of brackets and quotes."""
    start, depth, quote = 0, 0, None
    for i, c in enumerate(line):
        if quote:
            quote = None if c == quote and line[i - 1] != "\\" else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            yield line[start:i].strip()
            start = i + 1
    yield line[start:].strip()


def main(folder):
    cases = []
    for line in EXPRESSIONS:
        for expression in at_commas(line):
            source = "{{ " + expression + " }}"
            cases.append({"template": source, **render(source, VARIABLES)})
    for source in STATEMENTS:
        cases.append({"template": source, **render(source, VARIABLES)})
    real = []
    for path in sorted(pathlib.Path(folder).glob("*.jinja")):
        source = path.read_text(encoding="utf-8")
        for (name, messages), (tools, prompt) in itertools.product(CONVERSATIONS.items(), ((0, False), (0, True), (1, True), (2, True))):
            given = with_text_arguments(messages) if "DeepSeek-R1" in path.name else messages
            result = render(source, {"messages": given, "tools": TOOLS[tools], "documents": None, "add_generation_prompt": prompt, "bos_token": "<BOS>", "eos_token": "<EOS>"})
            real.append({"file": path.name, "conversation": name, "tools": tools, "prompt": prompt, **result})
    json.dump({"jinja": jinja2.__version__, "variables": VARIABLES, "language": cases, "conversations": CONVERSATIONS, "tools": TOOLS, "real": real}, sys.stdout, ensure_ascii=False, indent=1)
    print()


main(sys.argv[1])
