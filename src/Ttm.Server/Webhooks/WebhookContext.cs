using Ttm.Rtc;

namespace Ttm.Server.Webhooks;

/// <summary>What all receivers share.</summary>
internal sealed record WebhookContext(
    Outbox Outbox,
    byte[] Key,
    HttpClient Client,
    TimeProvider Clock,
    IRandomness Randomness,
    ILogger Logger,
    CancellationToken Stop);
