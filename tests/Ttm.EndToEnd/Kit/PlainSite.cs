using System.Net;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>
/// An application's own web site on another port, that is another origin: an empty page, the test's script and the signal. A real one,
/// since Chromium lets no page that a test made up reach the loopback addresses.
/// </summary>
internal sealed class PlainSite : IDisposable
{
    private readonly HttpListener _listener = new();

    public PlainSite()
    {
        Url = new Uri($"http://127.0.0.1:{FreePorts.Take()}/");
        _listener.Prefixes.Add(Url.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context)
    {
        var (type, body) = context.Request.Url!.AbsolutePath switch
        {
            "/" => ("text/html", "<!doctype html><title>plain</title><link rel=icon href=data:,><script src=plain.js></script>"u8.ToArray()),
            "/plain.js" => ("text/javascript", await File.ReadAllBytesAsync(Repository.Script("plain.js"))),
            "/signal.wav" => ("audio/wav", WavFile.ToBytes(QuarterSecondSignal.Generate(0, QuarterSecondSignal.Modulus))),
            _ => ("text/plain", []),
        };
        context.Response.StatusCode = body.Length > 0 ? 200 : 404;
        context.Response.ContentType = type;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
