using Ttm.Server.Api.Media;
using Ttm.Server.Events;
using Ttm.Server.Operations;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Hosting;

/// <summary>The services behind the API.</summary>
internal static class ServerServices
{
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<EventHub>();
        services.AddSingleton<ILessonEventSink>(provider => provider.GetRequiredService<EventHub>());
        services.AddSingleton<IceServers>();
        services.AddSingleton<IIceServerSource, StunServers>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<ServerStart>();
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<NodeMetrics>();
    }
}
