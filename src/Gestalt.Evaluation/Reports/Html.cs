using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gestalt.Evaluation.Reports;

/// <summary>
/// A piece of markup that is safe to put into a page. The only two ways to make one are <see cref="Of"/>, which escapes
/// every hole of an interpolated string, and <see cref="Raw"/>, which says in the code that the text is trusted.
/// What a model dreams, a page says or a user types therefore cannot become markup by accident.
/// </summary>
public readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing at all.</summary>
    public static Html Empty => default;

    /// <summary>Markup from an interpolated string: the literal parts are kept, every hole is escaped unless it is <see cref="Html"/>.</summary>
    public static Html Of(ref Handler markup) => new(markup.ToString());

    /// <summary>Text that is markup already: a style sheet, a constant. Never anything that came from outside.</summary>
    public static Html Raw(string markup) => new(markup);

    /// <summary>The pieces one after the other, a line each unless another separator is named.</summary>
    public static Html Join(IEnumerable<Html> pieces, string separator = "\n") => new(string.Join(WebUtility.HtmlEncode(separator), pieces));

    /// <summary>The markup itself.</summary>
    public override string ToString() => _markup ?? "";

    /// <summary>Collects an interpolated string for <see cref="Of"/>, escaping as it goes.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        /// <summary>Called by the compiler.</summary>
        public Handler(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + 16 * formattedCount);

        /// <summary>Called by the compiler for the literal parts.</summary>
        public void AppendLiteral(string literal) => _text.Append(literal);

        /// <summary>Markup goes in as it is.</summary>
        public void AppendFormatted(Html markup) => _text.Append(markup.ToString());

        /// <summary>A sequence of markup goes in piece by piece.</summary>
        public void AppendFormatted(IEnumerable<Html> markup) => _text.Append(Join(markup).ToString());

        /// <summary>Text is escaped; control characters, which a page may not contain, are shown as their pictures (␀, ␛).</summary>
        public void AppendFormatted(string? text) => _text.Append(WebUtility.HtmlEncode(Visible(text ?? "")));

        /// <summary>Numbers are written the invariant way, then escaped.</summary>
        public void AppendFormatted<T>(T value, string? format = null) where T : IFormattable =>
            _text.Append(WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)));

        private static string Visible(string text) => !text.Any(NeedsPicture)
            ? text
            : string.Create(text.Length, text, static (target, source) =>
            {
                for (int index = 0; index < source.Length; index++)
                    target[index] = NeedsPicture(source[index]) ? (source[index] < ' ' ? (char)('\u2400' + source[index]) : '\uFFFD') : source[index];
            });

        private static bool NeedsPicture(char c) => (c < ' ' && c is not ('\n' or '\t')) || c is '\u007F' or '\uFFFE' or '\uFFFF';

        /// <summary>What was collected.</summary>
        public override string ToString() => _text.ToString();
    }
}
