namespace Gestalt.Models.Hub;

/// <summary>Which model of which hub is meant.</summary>
/// <param name="Hub">The hub, such as <c>https://huggingface.co/</c>; ends with a slash.</param>
/// <param name="Model">The model's name there: <c>owner/model</c>.</param>
/// <param name="Part">What stands behind a colon: a quantization or a file pattern; null if nothing does.</param>
/// <param name="Revision">A branch, tag or commit.</param>
public sealed record HubAddress(Uri Hub, string Model, string? Part, string Revision)
{
    /// <summary>The hub if none is named.</summary>
    public const string DefaultHub = "https://huggingface.co";

    /// <summary>Reads what was typed.</summary>
    /// <param name="text"><c>owner/model</c> or <c>owner/model:part</c>.</param>
    /// <param name="hub">The hub's address.</param>
    /// <param name="revision">A branch, tag or commit.</param>
    /// <exception cref="HubException">It is no name of a model, or no address of a hub.</exception>
    public static HubAddress Parse(string text, string hub, string revision)
    {
        if (!Uri.TryCreate(hub.EndsWith('/') ? hub : hub + "/", UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            throw new HubException(HubProblem.Request, $"'{hub}' is not the address of a hub; it looks like {DefaultHub}.");
        if (address.UserInfo.Length > 0 || address.Query.Length > 0)
            throw new HubException(HubProblem.Request, $"the hub's address '{address.GetLeftPart(UriPartial.Path)}' is given with a password or a query. Use --token for the first; there is no use for the second.");
        int colon = text.IndexOf(':');
        string model = colon < 0 ? text : text[..colon];
        string[] words = model.Split('/');
        if (words.Length != 2 || !words.All(IsName) || (colon >= 0 && colon == text.Length - 1))
            throw new HubException(HubProblem.Request, $"'{text}' is not a model of a hub; it looks like owner/model or owner/model:Q4_K_M.");
        if (revision.Length == 0 || revision.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || revision.Split('/').Any(part => part is "" or "." or ".."))
            throw new HubException(HubProblem.Request, $"'{revision}' cannot be a revision; it is a branch, a tag or a commit.");
        return new HubAddress(address, model, colon < 0 ? null : text[(colon + 1)..], revision);
    }

    /// <summary>Where the model's description with its list of files is.</summary>
    public Uri Description => new(Hub, $"api/models/{Model}/revision/{Uri.EscapeDataString(Revision)}?blobs=true");

    /// <summary>Where the list of files alone is, page by page.</summary>
    public Uri Tree => new(Hub, $"api/models/{Model}/tree/{Uri.EscapeDataString(Revision)}?recursive=true");

    /// <summary>Where a file is.</summary>
    /// <param name="path">Its path in the model.</param>
    public Uri File(string path) => new(Hub, $"{Model}/resolve/{Uri.EscapeDataString(Revision)}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}");

    private static bool IsName(string word) => word.Length is > 0 and <= 128 && word is not ("." or "..") && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
