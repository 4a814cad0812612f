namespace Ttm.Server.Operations.Admission;

internal static class AdmissionSetup
{
    public static void AddAdmission(this IServiceCollection services, AdmissionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<CpuGauge>();
        services.AddSingleton<LoopLag>();
        services.AddHostedService(provider => provider.GetRequiredService<CpuGauge>());
        services.AddSingleton<LoadWatch>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<LoadWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<LoadWatch>());
    }
}
