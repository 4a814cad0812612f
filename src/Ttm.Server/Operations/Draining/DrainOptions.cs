using Ttm.Server.Configuration;

namespace Ttm.Server.Operations.Draining;

/// <summary>How the server stops.</summary>
/// <param name="DrainTimeout"><c>Server:DrainTimeout</c>: how long running lessons may go on after SIGTERM.</param>
/// <param name="StopTimeout"><c>Server:StopTimeout</c>: how long recordings, uploads and webhooks then get to finish.</param>
internal sealed record DrainOptions(TimeSpan DrainTimeout, TimeSpan StopTimeout)
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(10);

    public static DrainOptions Read(Settings settings, bool isDevelopment)
    {
        var drain = settings.Time("Server:DrainTimeout", Usual, TimeSpan.Zero, TimeSpan.FromDays(1));
        if (isDevelopment && settings.TextOrNull("Server:DrainTimeout") is null)
            drain = TimeSpan.Zero;
        return new(drain, settings.Time("Server:StopTimeout", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
    }
}
