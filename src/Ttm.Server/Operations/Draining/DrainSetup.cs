namespace Ttm.Server.Operations.Draining;

internal static class DrainSetup
{
    public static void AddDrain(this IServiceCollection services, DrainOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<Drain>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<Drain>());
        services.AddSingleton<IHostLifetime, ServerLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
    }
}
