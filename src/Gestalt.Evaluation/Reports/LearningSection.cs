using Gestalt.Evaluation.Reports.Charts;

namespace Gestalt.Evaluation.Reports;

/// <summary>How one stage learned: losses, validation against time and steps, speed and learning rate.</summary>
internal static class LearningSection
{
    public static Html Body(TrainingCurve curve)
    {
        TrainingSample last = curve.Samples[^1];
        NamedSamples[] line = [new NamedSamples(curve.Stage, curve.Samples)];
        bool isValidated = curve.Samples.Count(sample => sample.ValidationBitsPerByte is not null) >= 2;
        return Html.Of($"""
            <p>{last.Step:#,0} steps, {last.Tokens:#,0} tokens, {QuantityFormat.Duration(last.Seconds)}.</p>
            {LearningCharts.Loss(line).ToFigure()}
            {(isValidated ? LearningCharts.Validation(line, LearningAxis.Time, "Validation against time").ToFigure("Bits to encode one byte of held-out text; lower is better, 8 is knowing nothing.") : Html.Empty)}
            <details><summary><span class="name">Against steps, speed, learning rate</span></summary>
            {(isValidated ? LearningCharts.Validation(line, LearningAxis.Steps, "Validation against steps").ToFigure() : Html.Empty)}
            {LearningCharts.Speed(line).ToFigure(last.FractionOfPeak is double share ? FormattableString.Invariant($"At the end {share * 100:0} % of the arithmetic this machine was measured to be capable of.") : null)}
            {LearningCharts.LearningRate(line).ToFigure()}
            </details>
            """);
    }
}
