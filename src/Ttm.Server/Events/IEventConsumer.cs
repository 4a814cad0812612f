namespace Ttm.Server.Events;

/// <summary>
/// Another way out for events besides SSE (the webhook outbox). Called in order per lesson, under the lesson's lock, so it must only
/// take note of the event and return.
/// </summary>
internal interface IEventConsumer
{
    void Accept(PublishedEvent published);

    /// <summary>Ends when what was accepted until now survives this process; not before the server stops where the disk refuses it.</summary>
    Task WhenKept() => Task.CompletedTask;
}
