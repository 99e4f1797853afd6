using System.Net;
using System.Net.Http.Headers;

namespace Gestalt.Models.Hub;

/// <summary>How patient a <see cref="HubClient"/> is.</summary>
public sealed record Patience
{
    /// <summary>How often a request is tried again without anything having come.</summary>
    public int Retries { get; init; } = 7;

    /// <summary>How often a hub is tried again that has never answered: its address may be wrong.</summary>
    public int FirstRetries { get; init; } = 2;

    /// <summary>The wait before the first retry; it doubles with each.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, also where the server asks for more.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a server may say nothing at all.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to wait before trying again.</summary>
    /// <param name="attempt">Which retry it is, from 0.</param>
    /// <param name="asked">What the server asks for.</param>
    public TimeSpan Wait(int attempt, TimeSpan? asked)
    {
        // Half as much again by chance, so that many who were refused together do not return together.
        TimeSpan wait = FirstWait * Math.Pow(2, Math.Min(attempt, 6)) * (1 + Random.Shared.NextDouble() / 2);
        wait = asked is TimeSpan least && least > wait ? least : wait;
        return wait < LongestWait ? wait : LongestWait;
    }
}

/// <summary>Something that may go well the next time: the connection broke, or the server is busy.</summary>
internal sealed class TransientException(string message, TimeSpan? wait = null, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter => wait;
}

/// <summary>
/// Asks a hub. The token goes to the hub alone: wherever it redirects to, that server does not get it. Busy servers and broken connections are tried again, ever more
/// patiently.
/// </summary>
public sealed class HubClient : IDisposable
{
    private const int MostRedirects = 8;

    private readonly HttpClient _http;
    private readonly Uri _hub;
    private readonly string? _token;
    private readonly Action<string> _say;
    private volatile bool _hasAnswered;

    /// <summary>Makes a client.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="token">What shows who asks; null for anyone.</param>
    /// <param name="patience">How patient it is.</param>
    /// <param name="say">Told when it waits.</param>
    public HubClient(Uri hub, string? token, Patience? patience = null, Action<string>? say = null)
    {
        (_hub, _token, Patience, _say) = (hub, token, patience ?? new Patience(), say ?? (_ => { }));
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gestalt", "0.1"));
    }

    /// <summary>How patient it is.</summary>
    public Patience Patience { get; }

    /// <summary>Stops.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Does something that may fail for a while, again and again.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="attempt">Does it.</param>
    /// <param name="progress">Something that grows while it gets on: retries count from the last growth.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<T> Retry<T>(string what, Func<Task<T>> attempt, Func<long>? progress, CancellationToken cancellation)
    {
        long reached = -1;
        for (int failures = 0; ; failures++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is TransientException or HttpRequestException or HttpIOException && !cancellation.IsCancellationRequested)
            {
                long now = progress?.Invoke() ?? 0;
                failures = now > reached && reached >= 0 ? 0 : failures;
                reached = now;
                if (failures >= (_hasAnswered ? Patience.Retries : Math.Min(Patience.Retries, Patience.FirstRetries)))
                    throw new HubException(HubProblem.Missing, $"{what} failed {failures + 1} times, the last time because {Reason(problem)}. {(_hasAnswered ? "What has come is kept: the same command goes on from there." : "Is the address right, and is there a network?")}");
                TimeSpan wait = Patience.Wait(failures, (problem as TransientException)?.RetryAfter);
                if (wait > TimeSpan.FromSeconds(2)) _say($"{what}: {Reason(problem)}; trying again in {wait.TotalSeconds:0} s");
                await Task.Delay(wait, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one request and follows redirects.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="address">Where to.</param>
    /// <param name="range">The bytes asked for, both ends included; null for all.</param>
    /// <param name="seen">Told of each answer on the way, redirects too; when it returns true, that answer is the result.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The answer, successful, or a redirect that <paramref name="seen"/> wanted; its body is still to be read.</returns>
    /// <exception cref="TransientException">It may go well the next time.</exception>
    /// <exception cref="HubException">It will not.</exception>
    internal async Task<HttpResponseMessage> Send(
        HttpMethod method, Uri address, (long From, long To)? range, Func<HttpResponseMessage, bool>? seen, CancellationToken cancellation)
    {
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage answer = await SendOnce(method, address, range, cancellation).ConfigureAwait(false);
            try
            {
                if (seen?.Invoke(answer) == true) return answer;
                int status = (int)answer.StatusCode;
                if (status is 301 or 302 or 303 or 307 or 308 && answer.Headers.Location is Uri location)
                {
                    Uri next = new(address, location);
                    if (redirects >= MostRedirects) throw new HubException(HubProblem.Missing, $"{_hub.Host} redirects in a circle ({MostRedirects} times).");
                    if (next.Scheme != Uri.UriSchemeHttps && (address.Scheme == Uri.UriSchemeHttps || next.Scheme != Uri.UriSchemeHttp))
                        throw new HubException(HubProblem.Missing, $"{address.Host} redirects to '{next.GetLeftPart(UriPartial.Path)}', which is not encrypted; that is refused.");
                    address = next;
                    answer.Dispose();
                    continue;
                }
                if (answer.IsSuccessStatusCode || status == 416) return answer;
                throw Refusal(address, answer);
            }
            catch
            {
                answer.Dispose();
                throw;
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnce(HttpMethod method, Uri address, (long From, long To)? range, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (range is var (from, to)) request.Headers.Range = new RangeHeaderValue(from, to);
        if (_token is not null && IsHub(address)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(Patience.Silence);
        try
        {
            HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            _hasAnswered = true;
            return answer;
        }
        catch (OperationCanceledException problem) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientException($"{address.Host} said nothing for {Patience.Silence.TotalSeconds:0} s", inner: problem);
        }
    }

    /// <summary>Whether an address is the hub's own: the same scheme, host and port.</summary>
    private bool IsHub(Uri address) => Uri.Compare(address, _hub, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private Exception Refusal(Uri address, HttpResponseMessage answer)
    {
        int status = (int)answer.StatusCode;
        string where = $"{address.Host}{address.AbsolutePath}";
        TimeSpan? wait = answer.Headers.RetryAfter is not { } after ? null : after.Delta ?? (after.Date - DateTimeOffset.UtcNow);
        return status switch
        {
            408 or 425 or 429 or >= 500 => new TransientException($"{address.Host} is busy (HTTP {status})", wait),
            401 or 403 when IsHub(address) => new HubException(HubProblem.Missing, _token is null
                ? $"{where} asks who you are (HTTP {status}). If the model exists and its terms are accepted on the hub, give your token: --token TOKEN or HF_TOKEN."
                : $"{where} does not let you in with this token (HTTP {status}). Accept the model's terms on the hub, or use another token."),
            403 => new TransientException($"{address.Host} refuses (HTTP 403); its link may have run out"),
            404 or 410 => new HubException(HubProblem.Missing, $"there is no {where} (HTTP {status}). Look at the model's name, revision and files on the hub.") { IsAbsence = true },
            _ => new HubException(HubProblem.Missing, $"{where} answers HTTP {status}; nothing can be done with that."),
        };
    }

    private static string Reason(Exception problem) => problem switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "the name of the hub cannot be found",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection can be made",
        TransientException => problem.Message,
        _ => problem.InnerException is { } inner and not OperationCanceledException ? inner.Message.TrimEnd('.') : problem.Message.TrimEnd('.'),
    };
}
