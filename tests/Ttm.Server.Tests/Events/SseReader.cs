using System.Text.Json;

namespace Ttm.Server.Tests.Events;

/// <summary>Reads Server-Sent Events as a browser would.</summary>
internal sealed class SseReader(HttpResponseMessage response) : IDisposable
{
    private readonly StreamReader _lines = new(response.Content.ReadAsStream());

    public int Comments { get; private set; }

    /// <summary>The next event, or null at the end of the stream.</summary>
    public async Task<SseEvent?> NextAsync(bool orComment = false, TimeSpan? patience = null)
    {
        string? id = null, type = null, data = null;
        using var timeout = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(10));
        while (await _lines.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                type = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.StartsWith(':'))
                Comments++;
            else if (line.Length == 0 && type is not null)
                return new(id!, type, JsonDocument.Parse(data!).RootElement);
            else if (line.Length == 0 && orComment && Comments > 0)
                return null;
        }

        return null;
    }

    public async Task<List<SseEvent>> AllAsync()
    {
        var all = new List<SseEvent>();
        while (await NextAsync() is { } one)
            all.Add(one);
        return all;
    }

    public void Dispose()
    {
        _lines.Dispose();
        response.Dispose();
    }
}

internal sealed record SseEvent(string Id, string Type, JsonElement Body)
{
    public JsonElement Data => Body.GetProperty("data");
}
