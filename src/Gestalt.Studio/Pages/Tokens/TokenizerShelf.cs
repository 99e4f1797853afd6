using Gestalt.Models;
using Gestalt.Studio.Serving;
using Gestalt.Text;

namespace Gestalt.Studio.Pages.Tokens;

/// <summary>The vocabularies of all models that can be asked for, read without their parameters; those that were used last are kept.</summary>
internal sealed class TokenizerShelf(ModelPool pool)
{
    private const int Kept = 6;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Path, DateTimeOffset Written, Tokenizer Tokenizer)> _recent = new();

    /// <summary>The vocabulary of a model.</summary>
    /// <param name="name">What requests call the model; null for the default.</param>
    /// <returns>The model's name and its vocabulary; null if there is no such model.</returns>
    /// <exception cref="ModelFileException">Its file cannot be read.</exception>
    public (string Name, Tokenizer Tokenizer)? Find(string? name)
    {
        if (pool.Catalog.Find(name) is not CatalogModel model)
            return null;
        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Path != model.Path || node.Value.Written != model.Created)
                    continue;
                _recent.Remove(node);
                _recent.AddFirst(node);
                return (model.Name, node.Value.Tokenizer);
            }
            Tokenizer tokenizer = ModelFile.LoadTokenizer(model.Path);
            _recent.AddFirst((model.Path, model.Created, tokenizer));
            if (_recent.Count > Kept)
                _recent.RemoveLast();
            return (model.Name, tokenizer);
        }
    }
}
