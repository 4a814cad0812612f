namespace Ttm.Server.Events;

/// <summary>Event types beyond those of the lessons and the recorder.</summary>
internal static class EventTypes
{
    public const string MessagePosted = "message.posted";
}
