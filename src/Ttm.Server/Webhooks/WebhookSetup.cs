using Ttm.Net;
using Ttm.Server.Events;
using Ttm.Server.Operations;

namespace Ttm.Server.Webhooks;

internal static class WebhookSetup
{
    /// <summary>Before whoever publishes events: hosted services stop in the opposite order.</summary>
    public static void AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        if (options.Urls.Count == 0)
            return;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WebhookDispatcher>(provider, options, SystemRandomness.Instance));
        services.AddSingleton<IEventConsumer>(provider => provider.GetRequiredService<WebhookDispatcher>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<WebhookDispatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookDispatcher>());
    }
}
