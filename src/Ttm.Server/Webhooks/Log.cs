namespace Ttm.Server.Webhooks;

internal static partial class Log
{
    [LoggerMessage(60, LogLevel.Warning, "Event {Event} of lesson {Lesson} is not taken by {Receiver}: {Reason}; it is tried again")]
    public static partial void NotTaken(ILogger logger, string @event, string lesson, string receiver, string reason);

    [LoggerMessage(61, LogLevel.Error, "Event {Event} of lesson {Lesson} is given up, {Receiver} has not taken it for days: {Reason}")]
    public static partial void GivenUp(ILogger logger, string @event, string lesson, string receiver, string reason);

    [LoggerMessage(62, LogLevel.Error, "The outbox of the webhooks cannot be written: {Reason}")]
    public static partial void OutboxRefused(ILogger logger, string reason);

    [LoggerMessage(63, LogLevel.Error, "{Count} events wait for the outbox's disk; one is lost to the webhooks")]
    public static partial void EventLost(ILogger logger, int count);

    [LoggerMessage(64, LogLevel.Warning, "That an event was delivered cannot be noted and it may come twice: {Reason}")]
    public static partial void NotNoted(ILogger logger, string reason);

    [LoggerMessage(65, LogLevel.Error, "The outbox of the webhooks is full: events up to {Sequence} went undelivered")]
    public static partial void OutboxFull(ILogger logger, long sequence);

    [LoggerMessage(66, LogLevel.Information, "{Count} events wait for webhook receiver {Receiver}")]
    public static partial void Waiting(ILogger logger, int count, string receiver);

    [LoggerMessage(67, LogLevel.Error, "{Count} events of lessons that are not recorded wait in memory for {Receiver}; one is lost")]
    public static partial void MemoryFull(ILogger logger, int count, string receiver);

    [LoggerMessage(68, LogLevel.Warning, "The outbox of the webhooks cannot be tidied up: {Reason}")]
    public static partial void NotTidied(ILogger logger, string reason);
}
