using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;
using Ttm.Server.Turn;
using Ttm.Sfu.Media;

namespace Ttm.Server.Systemd;

/// <summary>
/// What the server does where systemd has started it, and nowhere else: tells when it is ready and when it stops (<c>Type=notify</c>), feeds the
/// watchdog, logs with journald's priorities. What signals mean is not asked here.
/// </summary>
internal static class SystemdSetup
{
    /// <summary>Call after the logs are set up.</summary>
    public static void AddSystemdService(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<ConfigurationReload>();

        // Not SystemdHelpers.IsSystemdService: it looks at the parent, whom ProtectProc=invisible hides.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET")))
            return;
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddHostedService<StateNotices>();
        if (builder.Configuration["Logging:Console:FormatterName"] is null)
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.FormatterName = ConsoleFormatterNames.Systemd);
        if (Watchdog.Interval(Environment.GetEnvironmentVariable) is { } interval)
            builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Watchdog>(provider, interval, Probe(provider)));
    }

    // The media loop is what must never hang: a restart costs seconds, and recordings and lessons come back by themselves.
    private static Func<Task> Probe(IServiceProvider provider)
    {
        var loop = provider.GetService<MediaPort>()?.Loop ?? provider.GetRequiredService<TurnNode>().Loop;
        return () => loop.InvokeAsync(_ => true);
    }
}
