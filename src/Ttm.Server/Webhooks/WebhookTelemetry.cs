using System.Diagnostics;

namespace Ttm.Server.Webhooks;

/// <summary>A span for each attempt to deliver an event; the receiver gets its <c>traceparent</c>.</summary>
internal static class WebhookTelemetry
{
    public const string Name = "Ttm.Webhooks";

    private static readonly ActivitySource Source = new(Name);

    public static Activity? StartPost(OutboxEntry entry, string receiver) => Source.StartActivity("webhook", ActivityKind.Client)
        ?.SetTag("webhook.id", entry.Id).SetTag("lesson", entry.Lesson).SetTag("url.full", receiver);
}
