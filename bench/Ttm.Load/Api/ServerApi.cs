using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Ttm.Load.Api;

/// <summary>The calls of the API that a load needs.</summary>
internal sealed class ServerApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TokenMint _tokens;
    private readonly string _serviceToken;

    public ServerApi(Uri url, TokenMint tokens)
    {
        _tokens = tokens;
        _serviceToken = tokens.Service();
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = url, Timeout = Patience };
    }

    /// <summary>POST of a teacher's offer; gives the answer.</summary>
    public Task<string> PublishAsync(string lesson, string teacher, string offer, CancellationToken cancellationToken) =>
        OfferAsync($"whip/{lesson}", _tokens.Teacher(lesson, teacher), offer, cancellationToken);

    /// <summary>POST of a student's offer; gives the answer.</summary>
    public Task<string> PlayAsync(string lesson, string student, string offer, CancellationToken cancellationToken) =>
        OfferAsync($"whep/{lesson}", _tokens.Student(lesson, student), offer, cancellationToken);

    public async Task<ListenerAnswer> SelectAsync(string lesson, string student, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, $"api/v1/lessons/{lesson}/listener", JsonContent.Create(new { student }), _serviceToken, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<ListenerAnswer>(cancellationToken))!;
    }

    public async Task UnselectAsync(string lesson, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, $"api/v1/lessons/{lesson}/listener", null, _serviceToken, cancellationToken)).Dispose();

    public async Task EndAsync(string lesson, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, $"api/v1/lessons/{lesson}", null, _serviceToken, cancellationToken)).Dispose();

    public async Task<IReadOnlyList<RecordingAnswer>> ListRecordingsAsync(string lesson, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"api/v1/lessons/{lesson}/recordings", null, _serviceToken, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<RecordingAnswer[]>(cancellationToken))!;
    }

    /// <summary>The Prometheus text; null where there is none.</summary>
    public async Task<string?> ReadMetricsAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri("metrics", UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> OfferAsync(string path, string token, string offer, CancellationToken cancellationToken)
    {
        var content = new StringContent(offer, Encoding.ASCII);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using var response = await SendAsync(HttpMethod.Post, path, content, token, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await _http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        string said = await response.Content.ReadAsStringAsync(cancellationToken);
        response.Dispose();
        throw new ServerRefusedException($"{method} {path}: {(int)response.StatusCode} {said}");
    }
}
