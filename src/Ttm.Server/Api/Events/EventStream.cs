using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Ttm.Server.Events;

namespace Ttm.Server.Api.Events;

/// <summary>Writes one SSE stream (WHATWG HTML section 9.2) until the lesson is over, the client leaves or the server stops.</summary>
/// <param name="student">Whose view it is, or null for the whole.</param>
internal sealed class EventStream(HttpResponse response, string? student, TimeProvider clock)
{
    /// <summary>A comment as often as this keeps proxies from closing the stream, and finds a client that is gone.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly byte[] Opening = Encoding.ASCII.GetBytes("retry: 2000\n\n");
    private static readonly byte[] Comment = Encoding.ASCII.GetBytes(":\n\n");
    private static readonly byte[] DataField = Encoding.ASCII.GetBytes("data: ");
    private static readonly byte[] Blank = Encoding.ASCII.GetBytes("\n\n");

    public async Task RunAsync(EventSubscription subscription, CancellationToken stop)
    {
        try
        {
            await OpenAsync(stop);
            foreach (var missed in subscription.Missed)
                await WriteAsync(missed, stop);
            var heartbeat = Task.Delay(Heartbeat, clock, stop);
            while (true)
            {
                while (subscription.Reader.TryRead(out var published))
                {
                    await WriteAsync(published, stop);
                    subscription.Progress.Apply(published);
                }

                await response.Body.FlushAsync(stop);
                if (subscription.Progress.IsOver)
                    return;
                var available = subscription.Reader.WaitToReadAsync(stop).AsTask();
                while (await Task.WhenAny(available, heartbeat) == heartbeat)
                {
                    await response.Body.WriteAsync(Comment, stop);
                    await response.Body.FlushAsync(stop);
                    heartbeat = Task.Delay(Heartbeat, clock, stop);
                }

                if (!await available)
                    return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client left, or the server stops.
        }
    }

    private async Task OpenAsync(CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.Body.WriteAsync(Opening, stop);
    }

    private async Task WriteAsync(PublishedEvent published, CancellationToken stop)
    {
        var body = student is null ? published.Body : published.BodyFor(student);
        if (body is not { } data)
            return;
        await response.Body.WriteAsync(Encoding.ASCII.GetBytes($"id: {published.Id}\nevent: {published.Type}\n"), stop);
        await response.Body.WriteAsync(DataField, stop);
        await response.Body.WriteAsync(data, stop);
        await response.Body.WriteAsync(Blank, stop);
    }
}
