namespace Gestalt.Training.Preferences;

/// <summary>What is made small when a model learns from comparisons without a reward model.</summary>
public enum PreferenceMethod
{
    /// <summary>Direct preference optimization (arXiv 2305.18290): −log σ(β (Δ − Δ_ref)), Δ being how much likelier the better answer is than the worse.</summary>
    Dpo,

    /// <summary>Identity preference optimization (arXiv 2310.12036): (Δ − Δ_ref − 1/(2β))². It does not run away where comparisons never disagree.</summary>
    Ipo,

    /// <summary>Kahneman-Tversky optimization (arXiv 2402.01306): each answer by itself is good or bad, measured from the mean drift of the model.</summary>
    Kto,

    /// <summary>Simple preference optimization (arXiv 2405.14734): as DPO, with log-probabilities for each token, a margin, and no reference.</summary>
    SimPo,

    /// <summary>Odds ratio preference optimization (arXiv 2403.07691): fine-tuning on the better answer plus the odds between both; no reference.</summary>
    Orpo,
}

/// <summary>A method with its constants.</summary>
/// <param name="Method">What is made small.</param>
/// <param name="Beta">β: how strongly answers' log-probabilities count (DPO 0.1, SimPO 2); for IPO and KTO as in their papers; for ORPO the weight λ of the odds ratio.</param>
/// <param name="Margin">γ: by how much the better answer has to win (SimPO).</param>
/// <param name="Smoothing">Share of comparisons believed to be the wrong way round (DPO, SimPO; "conservative" DPO, arXiv 2305.18290 section on noise).</param>
public sealed record PreferenceObjective(PreferenceMethod Method, double Beta, double Margin = 0, double Smoothing = 0)
{
    /// <summary>Whether the model that training began with is needed to compare with.</summary>
    public bool NeedsReference => Method is PreferenceMethod.Dpo or PreferenceMethod.Ipo or PreferenceMethod.Kto;

    /// <summary>A method with the constants of its paper.</summary>
    /// <param name="method">The method.</param>
    public static PreferenceObjective Usual(PreferenceMethod method) => method switch
    {
        PreferenceMethod.SimPo => new(method, Beta: 2, Margin: 1),
        _ => new(method, Beta: 0.1),
    };

    /// <summary>What a model that has not yet learnt loses: ln 2 for DPO, 1/(4β²) for IPO. Null where it depends on the answers.</summary>
    public double? StartingLoss => Method switch
    {
        PreferenceMethod.Dpo => Math.Log(2),
        PreferenceMethod.Ipo => 1 / (4 * Beta * Beta),
        PreferenceMethod.Kto => 0.5,
        _ => null,
    };
}
