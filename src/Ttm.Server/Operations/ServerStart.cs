using System.Reflection;

namespace Ttm.Server.Operations;

/// <summary>When this process began, and what it is.</summary>
internal sealed class ServerStart(TimeProvider time)
{
    public static string Version { get; } =
        typeof(ServerStart).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public DateTimeOffset At { get; } = time.GetUtcNow();
}
