namespace Gestalt.Corpus;

/// <summary>An endless, resumable stream of rows to train on: pretraining reads documents through it, fine-tuning conversations.</summary>
public interface IBatchLoader
{
    /// <summary>Where the loader stands; a new loader that is given it continues the same stream.</summary>
    LoaderState State { get; }

    /// <summary>How often the data have been gone through, with the part of the present epoch.</summary>
    double Epochs { get; }

    /// <summary>Fills all rows of the buffers and moves on.</summary>
    /// <param name="rows">Buffers for a whole number of rows.</param>
    void Fill(in Rows rows);
}
