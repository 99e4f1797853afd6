namespace Gestalt.Inference;

/// <content>Penalties on what has been said already.</content>
public sealed partial class Sampler
{
    private readonly int[] _seenIn;
    private readonly int[] _counts;
    private readonly HashSet<int> _breakers;
    private int[] _matches = [];
    private int _round;

    // Repetition (CTRL), frequency and presence, as llama.cpp combines them.
    private void Penalize(ReadOnlySpan<int> history)
    {
        _round++;
        ReadOnlySpan<int> window = history[Math.Max(0, history.Length - _options.RepetitionWindow)..];
        foreach (int token in window)
        {
            if ((uint)token >= (uint)Vocabulary)
                continue;
            if (_seenIn[token] != _round)
                (_seenIn[token], _counts[token]) = (_round, 0);
            _counts[token]++;
        }
        Span<float> logits = _candidates.Logits;
        if (!_candidates.IsWhole)
        {
            for (int i = 0; i < logits.Length; i++)
                PenalizeOnce(_candidates.IdAt(i), ref logits[i]);
        }
        else
        {
            foreach (int token in window)
            {
                if ((uint)token < (uint)Vocabulary)
                    PenalizeOnce(token, ref logits[token]);
            }
        }
        _candidates.Reordered();
    }

    private void PenalizeOnce(int token, ref float logit)
    {
        if (_seenIn[token] != _round)
            return;
        _seenIn[token] = 0; // however often it was seen
        logit = logit > 0 ? logit / _options.RepetitionPenalty : logit * _options.RepetitionPenalty;
        logit -= (_counts[token] * _options.FrequencyPenalty) + _options.PresencePenalty;
    }

    /// <summary>
    /// DRY ("don't repeat yourself", p-e-w, text-generation-webui): where the text's last n tokens have stood before, the token that followed them then is made less likely, the more the longer n is.
    /// Lengths for all places come from one pass over the text read backwards (the Z algorithm). Departure: sequence breakers are single tokens.
    /// </summary>
    private void PenalizeRepetition(ReadOnlySpan<int> history)
    {
        ReadOnlySpan<int> text = history[Math.Max(0, history.Length - _options.DryWindow)..];
        int longest = 0; // tokens since the last breaker: no repetition is longer
        while (longest < text.Length && !_breakers.Contains(text[^(longest + 1)]))
            longest++;
        if (longest < _options.DryAllowedLength || text.Length < 2)
            return;
        MatchEnd(text);
        _round++;
        for (int back = 1; back < text.Length; back++)
        {
            int length = Math.Min(_matches[back], longest), next = text[^back];
            if (length < Math.Max(1, _options.DryAllowedLength) || (uint)next >= (uint)Vocabulary || _breakers.Contains(next))
                continue;
            if (_seenIn[next] != _round)
                (_seenIn[next], _counts[next]) = (_round, 0);
            _counts[next] = Math.Max(_counts[next], length);
        }
        Span<float> logits = _candidates.Logits;
        if (!_candidates.IsWhole)
        {
            for (int i = 0; i < logits.Length; i++)
                PenalizeLength(_candidates.IdAt(i), ref logits[i]);
        }
        else
        {
            foreach (int token in text)
            {
                if ((uint)token < (uint)Vocabulary)
                    PenalizeLength(token, ref logits[token]);
            }
        }
        _candidates.Reordered();
    }

    private void PenalizeLength(int token, ref float logit)
    {
        if (_seenIn[token] != _round)
            return;
        _seenIn[token] = 0;
        double penalty = _options.DryMultiplier * Math.Pow(_options.DryBase, _counts[token] - _options.DryAllowedLength);
        logit -= (float)Math.Min(penalty, float.MaxValue / 4);
    }

    // Fills _matches: how many of the text's last tokens also stand before the place that many tokens back.
    private void MatchEnd(ReadOnlySpan<int> text)
    {
        if (_matches.Length < text.Length)
            _matches = new int[Math.Max(text.Length, Math.Min(_options.DryWindow, 2 * text.Length))];
        int start = 0, end = 0; // the match that reaches furthest back
        for (int back = 1; back < text.Length; back++)
        {
            int length = back < end ? Math.Min(end - back, _matches[back - start]) : 0;
            while (back + length < text.Length && text[^(length + 1)] == text[^(back + length + 1)])
                length++;
            _matches[back] = length;
            if (back + length > end)
                (start, end) = (back, back + length);
        }
    }
}
