namespace Ttm.Server.Operations;

/// <summary>When this process began.</summary>
internal sealed class ServerStart(TimeProvider time)
{
    public DateTimeOffset At { get; } = time.GetUtcNow();
}
