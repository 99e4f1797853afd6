namespace Gestalt.Cli.Tests;

public sealed class SameBitsTests
{
    [Fact, Trait("Speed", "Slow")]
    public void A_life_that_was_killed_ends_with_the_same_bits_as_one_that_was_not()
    {
        using var folder = new TemporaryFolder();
        string left = folder.In("left"), right = folder.In("right");
        Directory.CreateDirectory(left);
        GestaltProcess killed = GestaltProcess.Start(left, [], "life", "--minutes", "1", "--run", "twin", "--no-chat");
        killed.WaitFor("pretrain  step ", seconds: 300);
        killed.Kill();
        killed.Wait();
        string plan = Path.Combine("runs", "twin", "plan.json");
        Directory.CreateDirectory(Path.Combine(right, "runs", "twin"));
        File.Copy(Path.Combine(left, plan), Path.Combine(right, plan));

        GestaltProcess again = GestaltProcess.Start(left, [], "life", "--run", "twin", "--no-chat");
        again.WaitFor("finetune  step ", seconds: 600);
        again.Kill();
        again.Wait();
        Assert.Equal(0, GestaltProcess.Start(left, [], "life", "--run", "twin", "--no-chat").Wait(900).ExitCode);
        Assert.Equal(0, GestaltProcess.Start(right, [], "life", "--run", "twin", "--no-chat").Wait(900).ExitCode);
        foreach (string model in (string[])["tokenizer.json", "base/model.gguf", "sft/model.gguf", "model.gguf", "eval.json"])
            Assert.True(File.ReadAllBytes(Path.Combine(left, "runs/twin", model)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(right, "runs/twin", model))), model);
    }

    [Fact, Trait("Speed", "Slow")]
    public void A_life_keeps_to_its_time()
    {
        using var folder = new TemporaryFolder();
        Finished run = GestaltProcess.Start(folder.Path, [], "life", "--minutes", "2", "--no-chat").Wait(600);
        Assert.Equal(0, run.ExitCode);
        Assert.InRange(run.Took.TotalMinutes, 1.7, 2.2);
    }
}
