using Microsoft.Extensions.Hosting.Systemd;

namespace Ttm.Server.Systemd;

/// <summary>Tells systemd when all ports are open, and when the server begins to stop.</summary>
internal sealed class StateNotices(ISystemdNotifier notifier, IHostApplicationLifetime application) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        application.ApplicationStarted.Register(() => notifier.Notify(ServiceState.Ready));
        application.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
