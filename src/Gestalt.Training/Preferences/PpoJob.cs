using Gestalt.Inference;
using Gestalt.Models;
using Gestalt.Training.Reinforcement;

namespace Gestalt.Training.Preferences;

/// <summary>A signal that training must not spoil, measured on held-out prompts.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Error">Its standard error.</param>
public readonly record struct WatchedSignal(double Mean, double Error);

/// <summary>What PPO works on.</summary>
/// <param name="Policy">The model, changed in place.</param>
/// <param name="Reference">What it was before, which divergence is measured from.</param>
/// <param name="Engine">Draws answers from the policy; it must not keep prefixes.</param>
/// <param name="Options">The recipe.</param>
/// <param name="Folder">Where checkpoint and metrics go.</param>
/// <param name="Prompts">Prompts as ids, up to where the answer begins.</param>
/// <param name="Ends">Ids that end an answer.</param>
/// <param name="Vocabulary">How many ids may be drawn.</param>
/// <param name="Padding">An id that fills rows up.</param>
/// <param name="Data">Names prompts and reward: a checkpoint of others is refused.</param>
/// <param name="Reward">Grades answers, given the places of their prompts in the list. An answer whose grade is not a number is set aside.</param>
/// <param name="Watch">Measures a held-out signal that is more like what is meant than the reward is; null for none.</param>
/// <param name="KeepBest">Saves the policy, which is the best so far by the held-out signal.</param>
public sealed record PpoJob(Transformer Policy, Transformer Reference, Engine Engine, PpoOptions Options, string Folder, IReadOnlyList<int[]> Prompts, IReadOnlySet<int> Ends, int Vocabulary,
    int Padding, string Data, Func<IReadOnlyList<int>, IReadOnlyList<Rollout>, double[]> Reward, Func<WatchedSignal>? Watch = null, Action? KeepBest = null);

/// <summary>What a round of PPO measured.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Reward">Mean grade, before anything is taken from it.</param>
/// <param name="Divergence">From the reference, nats an answer.</param>
/// <param name="Beta">The price of a nat.</param>
/// <param name="Clipped">Share of tokens that were pushed no further.</param>
/// <param name="ValueLoss">Mean squared error of the value head, over the variance of what it should have said.</param>
/// <param name="Tokens">Mean tokens of an answer.</param>
/// <param name="Truncated">Share of answers that did not come to their end.</param>
/// <param name="SetAside">Answers whose grade was not a number.</param>
/// <param name="Watched">The held-out signal, where it was looked at after this round.</param>
/// <param name="WatchedError">Its standard error.</param>
public sealed record PpoRound(int Round, double Reward, double Divergence, double Beta, double Clipped, double ValueLoss, double Tokens, double Truncated, int SetAside,
    double? Watched = null, double? WatchedError = null);

/// <summary>What came out of PPO.</summary>
/// <param name="Rounds">All rounds, in order.</param>
/// <param name="StoppedEarly">Whether the held-out signal fell, so that training stopped.</param>
/// <param name="BestRound">The round whose policy was kept as the best; 0 for the model that training began with, null where nothing was watched.</param>
/// <param name="Seconds">Time, all sessions together.</param>
public sealed record PpoOutcome(IReadOnlyList<PpoRound> Rounds, bool StoppedEarly, int? BestRound, double Seconds);
