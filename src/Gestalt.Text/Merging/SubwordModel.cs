namespace Gestalt.Text;

/// <summary>How the words of a text become ids: immutable, shared by all threads. The buffers that encoding takes are in the <see cref="WordEncoder"/>s that it makes.</summary>
internal abstract class SubwordModel(PreTokenizer preTokenizer)
{
    /// <summary>How text is cut into words.</summary>
    public PreTokenizer PreTokenizer => preTokenizer;

    /// <summary>The merges by which words are made, for a model that has them.</summary>
    public virtual MergeTable? Merges => null;

    /// <summary>Makes an encoder, which serves one call at a time.</summary>
    public abstract WordEncoder CreateEncoder();

    /// <summary>Writes down how a word becomes ids: the same ids as <see cref="WordEncoder"/>s yield.</summary>
    public abstract WordTrace Trace(ReadOnlySpan<byte> word, TraceRecorder recorder);
}
