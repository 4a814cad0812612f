using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ttm.Testing;

namespace Ttm.Server.Tests.Webhooks;

/// <summary>An application that takes webhooks, checks their signatures, and can be stopped and started at the same address.</summary>
internal sealed class HookReceiver(byte[] key) : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Id, string Body)> _taken = new();
    private WebApplication? _app;

    public string Url { get; private set; } = "http://127.0.0.1:0";

    /// <summary>What it answers; anything but 2xx takes nothing.</summary>
    public int Answer { get; set; } = 204;

    public int Attempts { get; private set; }

    public int BadSignatures { get; private set; }

    /// <summary>Without repetitions, in the order in which they were taken first.</summary>
    public IReadOnlyList<JsonElement> Taken => [.. _taken.DistinctBy(one => one.Id).Select(one => JsonDocument.Parse(one.Body).RootElement)];

    public IReadOnlyList<string> Types => [.. Taken.Select(one => one.GetProperty("type").GetString()!)];

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        _app = builder.Build();
        _app.Run(TakeAsync);
        await _app.StartAsync();
        Url = _app.Urls.Single();
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Until as many events have come.</summary>
    public async Task<IReadOnlyList<JsonElement>> WaitAsync(int count)
    {
        await Until.TrueAsync(() => Taken.Count >= count, message: () => $"{count} events; {string.Join(", ", Types)}");
        return Taken;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        var id = headers["webhook-id"].ToString();
        var signed = Encoding.UTF8.GetBytes($"{id}.{headers["webhook-timestamp"]}.{body}");
        lock (_taken)
        {
            Attempts++;
            if (headers["webhook-signature"] != "v1," + Convert.ToBase64String(System.Security.Cryptography.HMACSHA256.HashData(key, signed)))
                BadSignatures++;
            else if (Answer is >= 200 and < 300)
                _taken.Enqueue((id, body));
        }

        context.Response.StatusCode = Answer;
    }
}
