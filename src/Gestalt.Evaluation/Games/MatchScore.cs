namespace Gestalt.Evaluation.Games;

/// <summary>What came of many games between two players, as one of them sees it.</summary>
/// <param name="Wins">Games won.</param>
/// <param name="Draws">Games drawn.</param>
/// <param name="Losses">Games lost.</param>
/// <param name="Illegal">How many of the lost ones were lost by a move that the rules do not allow, or by none at all.</param>
/// <param name="Kept">Of the moves made where something could be given away (a win for a draw, a draw for a loss), the share that gave nothing away; chance is what a move by lot would reach in the same positions.</param>
public sealed record MatchScore(int Wins, int Draws, int Losses, int Illegal, Proportion Kept)
{
    /// <summary>All games.</summary>
    public int Games => Wins + Draws + Losses;

    /// <summary>Points in a game: 1 for a win, a half for a draw. Equals have 0.5.</summary>
    public double Score => (Wins + (Draws / 2.0)) / Games;

    /// <summary>Lower end of a 95 % interval of <see cref="Score"/>: Wilson's, as if no game could be drawn, which makes it too wide rather than too narrow (of all that lies between 0 and 1, what is only 0 or 1 varies most).</summary>
    public double Low => Proportion.Wilson(Score, Games).Low;

    /// <summary>Upper end of that interval.</summary>
    public double High => Proportion.Wilson(Score, Games).High;

    /// <summary>Games won among those that somebody won; chance is a half. That its whole interval lies above a half means: the better player.</summary>
    public Proportion Decided => new(Wins, Wins + Losses, 0.5);

    /// <summary>Games drawn.</summary>
    public Proportion Drawn => new(Draws, Games);

    /// <summary>Games in which an illegal move was made.</summary>
    public Proportion Forfeits => new(Illegal, Games);

    /// <summary>"score 71.2 % [68.3, 73.9] of 1000: 560 won, 304 drawn, 136 lost, 2 of them by illegal moves".</summary>
    public override string ToString() => FormattableString.Invariant(
        $"score {Score * 100:0.0} % [{Low * 100:0.0}, {High * 100:0.0}] of {Games}: {Wins} won, {Draws} drawn, {Losses} lost{(Illegal > 0 ? $", {Illegal} of them by illegal moves" : "")}");
}
