using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Ttm.Server.Api.Network;

/// <summary>A short event stream: whether its events come one by one, or a proxy holds them back.</summary>
internal sealed class TrialEvents(HttpResponse response, TimeProvider clock)
{
    public const int Count = 5;
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(CancellationToken stop)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            for (var number = 1; number <= Count; number++)
            {
                await response.Body.WriteAsync(Encoding.ASCII.GetBytes($"event: tick\ndata: {number}\n\n"), stop);
                await response.Body.FlushAsync(stop);
                if (number < Count)
                    await Task.Delay(Interval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The page has seen enough.
        }
    }
}
