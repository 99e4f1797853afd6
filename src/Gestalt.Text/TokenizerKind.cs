namespace Gestalt.Text;

/// <summary>The ways in which vocabularies make tokens of words.</summary>
public enum TokenizerKind
{
    /// <summary>Byte pairs are merged: GPT-2, Llama 3, Qwen, DeepSeek, and our own.</summary>
    ByteLevelBpe,

    /// <summary>Pairs of characters are merged, by score or by a list; what has no token falls back to bytes: Llama 1 and 2, Mistral, Gemma, Phi-3.</summary>
    SentencePieceBpe,

    /// <summary>The tokens with the greatest probability: T5, XLM-R.</summary>
    Unigram,

    /// <summary>The longest token first: BERT.</summary>
    WordPiece,
}
