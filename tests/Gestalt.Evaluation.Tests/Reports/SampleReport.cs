using Gestalt.Evaluation.Reports;
using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Tests.Reports;

/// <summary>A made-up life with every section filled, some of it hostile to markup.</summary>
internal static class SampleReport
{
    public static LifeReport Create() => new()
    {
        Name = "quiet otter",
        StartedAt = new DateTimeOffset(2026, 11, 20, 21, 34, 0, TimeSpan.FromHours(1)),
        Elapsed = TimeSpan.FromSeconds(597),
        Summary = "A language model of 4.9 million parameters, born on two cores in ten minutes. It answers 93 % of what the pages told it often, in words it was never asked in, and needs 1.31 bits for a byte of a page it has not seen.",
        KeyFigures =
        [
            new("4.9 M", "parameters"), new("18.4 M", "tokens read"), new("1.31", "bits per byte", "xz -9 needs 2.4"),
            new("93.0 %", "of facts, unseen phrasing", "chance 2.9 %"),
        ],
        Plan = new PlanSummary(TimeSpan.FromMinutes(10), "./gestalt life --minutes 10 --seed 1 --name 'quiet otter'",
        [
            new("model", "6 layers, width 256, 4.9 M parameters", "The largest that sees about 20 tokens per parameter in 6 min 50 s at 61 % of 748 GFLOP/s."),
            new("batch", "8,192 tokens", "Small enough for 2,240 steps; larger ones learned less in the same time."),
            new("vocabulary", "4,096 tokens", "What 24 MB of pages support without tokens seen fewer than 50 times."),
            new("context", "512 tokens", "Nine of ten pages fit whole."),
            new("precision", "bfloat16 products, float32 sums", "This processor has vdpbf16ps."),
        ]),
        Stages =
        [
            Stage("world", 12, 11.2, "24 MB of pages, 3,412 entities, 21,877 facts", "./gestalt world --seed 1 --megabytes 24 --out runs/quiet-otter/world"),
            Stage("corpus", 20, 18.4, "17,803 documents kept of 26,114", "./gestalt corpus runs/quiet-otter/world --out runs/quiet-otter/corpus"),
            Stage("tokenizer", 6, 4.1, "4,096 tokens", "./gestalt tokenizer train runs/quiet-otter/corpus --vocabulary 4096 --out runs/quiet-otter/tokenizer.json"),
            Stage("pretraining", 410, 409.0, "18.4 M tokens, 1.31 bits per byte", "./gestalt pretrain runs/quiet-otter --minutes 6.8"),
            Stage("fine-tuning", 95, 96.5, "14,200 conversations", "./gestalt finetune runs/quiet-otter --minutes 1.6"),
            Stage("evaluation", 50, 51.3, "1,400 questions, 5 stories", "./gestalt eval runs/quiet-otter"),
            Stage("release", 7, 6.5, "model.gguf, 9.9 MB", "./gestalt export runs/quiet-otter --type bf16"),
        ],
        Curves = [Curve("pretraining", 2240, 409, 8.3, 1.9, 1.31), Curve("fine-tuning", 300, 96, 2.1, 0.62, null)],
        Profiles =
        [
            new("pretrain", [], [], [new("Who is Una <b>?", "Una <b> was here & left")]),
            new("finetune", [new("facts, unseen phrasing", "Asked & judged.", new Proportion(180, 200, 0.1))], [new("worth of its stories", "To a known reader.", 0.8, 0.05)], [new("Who is Una <b>?", "A baker.")]),
            new("reinforce", [new("facts, unseen phrasing", "Asked & judged.", new Proportion(150, 200, 0.1))], [new("worth of its stories", "To a known reader.", 1.1, 0.05)], [new("Who is Una <b>?", "A cobbler.")]) { Rejected = "facts <fell>." },
        ],
        Figures = [new("problems", [new LineChart { Title = "Thinking <length>", X = new AxisOptions("steps"), Y = new AxisOptions("tokens", FromZero: true), Series = [new Series("thinking", [new(1, 10), new(2, 14), new(3, 23)])] }])],
        Dreams =
        [
            new(20, 4, 6.1, "The village of Ottery ", "the the of, and a in ed s the er of the , an the"),
            new(200, 40, 2.4, "The village of Ottery ", "is a small the river, and was known for the bread of the bakers and the people of the old."),
            new(900, 165, 1.6, "The village of Ottery ", "lies on the river Lune, two hours north of Harrowby. Its market is held on Thursdays, and it is known for its pears."),
            new(2240, 409, 1.31, "The village of Ottery ", "lies in the valley of the Lune, where the road from Harrowby crosses the old bridge. Some four hundred people live there, most of them from pears, which are sold at the Thursday market."),
        ],
        Corpus = new CorpusSummary
        {
            DocumentsRead = 26114,
            DocumentsKept = 17803,
            BytesRead = 61_300_000,
            BytesKept = 24_100_000,
            TrainingTokens = 6_120_400,
            ValidationTokens = 122_800,
            Kept = [new("story", 4120), new("encyclopedia", 3390), new("newspaper", 2904), new("forum", 2511), new("diary", 1880), new("recipe", 1407), new("shop", 990), new("school", 601)],
            Dropped =
            [
                new("near-duplicate", 3903, "http://mirror.example/ottery — 94 % the same as http://ottery.example/"),
                new("repeats itself", 1812, "BUY BUY BUY cheap lanterns cheap lanterns"),
                new("too short", 1120, "404"), new("not English", 803, "Der Markt ist am Donnerstag."), new("blocked domain", 540), new("gibberish", 133, "xqz <b>vv</b> \u0001 lorem"),
            ],
        },
        Tokenizer = new TokenizerSummary(4096, 3.94,
            [new("a sentence from a held-out page", ["Tam", "sin", " Har", "row", " sells", " pears", " at", " the", " Thursday", " market", ".", "\n"]), new("a hostile one", ["<", "script", ">", "alert", "(", "1", ")", "</", "script", ">"])],
            [" neighbourhood", " grandmother's", " approximately", " encyclopedia"]),
        Measurements = [new("held-out pages", 1.31, "bits per byte", "xz -9 needs 2.41 on the same text."), new("invented when not told", 0.18, "of answers", "Facts no page mentions; the right answer is to say so.")],
        Scores =
        [
            Score("well-attested, unseen phrasing", 372, 400, .029, true), Score("well-attested, seen phrasing", 388, 400, .029, false),
            Score("told once", 102, 400, .031, false), Score("base model completes facts, unseen wordings", 61, 120, .166, false), Score("never told: says so", 165, 200, .5, false),
        ],
        Stories =
        [
            new("A story about a lamplighter who is afraid of the dark.", "Once there was a lamplighter called Wyn, who was afraid of the dark, and told nobody. Every evening she lit the forty lamps of Harrowby as fast as she could run.\n\nOne night the oil ran out at the thirty-ninth. Wyn stood under it and shook. Then a small voice said: “Are you afraid too?” It was the baker’s boy. They sat down together until the sun came, and after that Wyn lit the lamps slowly.", true, ["names stay the same", "the fear returns at the end", "it ends"]),
            new("A story about two brothers and a kite.", "Tom and Ned had a kite. Ned had a dog. The kite was the dog. <script>alert('kite')</script>", false, ["the kite becomes a dog", "no end"]),
        ],
        Conversations =
        [
            new("About a place", [new("user", "Where do people in Ottery sell their pears?"), new("assistant", "At the Thursday market in Harrowby, two hours down the river."), new("user", "And who started it?"), new("assistant", "I don't know who started the market.")]),
            new("With a system message", [new("system", "Answer in one word."), new("user", "What is Tamsin Harrow's trade?"), new("assistant", "Baker.")]),
        ],
        Machine = [new("processor", "AMD EPYC, 2 cores, AVX-512, BF16"), new("float32 peak", "468 GFLOP/s, two threads"), new("bfloat16 peak", "874 GFLOP/s, two threads"), new("memory", "23 GiB, 44 GB/s read"), new("system", "Debian 12, .NET 10.0.12"), new("Gestalt", "0.1.0, commit 9960575")],
    };

    private static StageSummary Stage(string name, double planned, double actual, string result, string command) =>
        new(name, TimeSpan.FromSeconds(planned), TimeSpan.FromSeconds(actual), result, command);

    private static Score Score(string name, int correct, int total, double chance, bool headline) => new()
    {
        Name = name,
        Meaning = "Each question is asked once, at temperature 0, and judged by the answer key.",
        Result = new Proportion(correct, total, chance),
        Headline = headline,
        Examples = [new("Which trade does Tamsin Harrow have?", "baker", "Tamsin Harrow is a baker.", true), new("In which year was the bridge at Ottery built?", "1412", "It was built in 1421.", false)],
    };

    private static TrainingCurve Curve(string stage, int steps, double seconds, double start, double end, double? bits)
    {
        var random = new Random(7);
        return new TrainingCurve(stage, [.. Enumerable.Range(0, steps / 5 + 1).Select(index =>
        {
            int step = Math.Max(1, index * 5);
            double progress = (double)step / steps, fall = Math.Exp(-5 * Math.Sqrt(progress));
            double loss = end + (start - end) * fall - 0.25 * progress + 0.14 * (random.NextDouble() - 0.5);
            double? validation = bits is double final && index % 25 == 0 ? final + 4.6 * fall - 0.1 * (progress - 1) : null;
            return new TrainingSample(step, seconds * progress, step * 8192L, loss, validation, 0.02 * Math.Min(1, Math.Min(progress * 20, (1 - progress) * 2.5 + 0.02)), 44_800 + 900 * random.NextDouble(), 0.61);
        })]);
    }
}
