using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Recordings;

/// <summary>What the recorder says.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Recording {Recording} of lesson {Lesson} for {Student} began as number {Sequence}")]
    public static partial void Began(ILogger logger, string recording, string lesson, string student, int sequence);

    [LoggerMessage(2, LogLevel.Information, "Recording {Recording}: the MP3 is whole, {Duration:0.000} s, {Bytes} bytes; packets expected {Expected}, lost {Lost}, recovered {Recovered}, concealed {Concealed}")]
    public static partial void Finished(ILogger logger, string recording, double duration, long bytes, long expected, long lost, long recovered, long concealed);

    [LoggerMessage(3, LogLevel.Information, "Recording {Recording} is stored at {Location}")]
    public static partial void Stored(ILogger logger, string recording, string location);

    [LoggerMessage(4, LogLevel.Warning, "Object {Name} is not stored yet (attempt {Attempt}, next in {Delay}): {Reason}")]
    public static partial void UploadFailed(ILogger logger, string name, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(5, LogLevel.Error, "Recording {Recording}: the journal cannot be written, and is tried again: {Reason}")]
    public static partial void JournalRefused(ILogger logger, string recording, string reason);

    [LoggerMessage(6, LogLevel.Error, "Recording {Recording}: {Packets} packets are lost because the disk did not take them")]
    public static partial void PacketsDropped(ILogger logger, string recording, long packets);

    [LoggerMessage(7, LogLevel.Warning, "Recording {Recording}: encoding failed and begins again from the journal: {Reason}")]
    public static partial void EncodingRefused(ILogger logger, string recording, string reason);

    [LoggerMessage(8, LogLevel.Error, "Recording {Recording} cannot be encoded; its journal stays in the spool")]
    public static partial void EncodingFailed(ILogger logger, Exception exception, string recording);

    [LoggerMessage(9, LogLevel.Information, "Recording {Recording} was found in the spool: {Stage}")]
    public static partial void Recovered(ILogger logger, string recording, string stage);

    [LoggerMessage(10, LogLevel.Warning, "The journal {Recording} is cut off before it says what it is of; it is set aside")]
    public static partial void JournalUnreadable(ILogger logger, string recording);

    [LoggerMessage(11, LogLevel.Warning, "The manifest {Key} cannot be read: {Reason}")]
    public static partial void ManifestUnreadable(ILogger logger, string key, string reason);

    [LoggerMessage(12, LogLevel.Warning, "The store's manifests are not all read, so older recordings are not listed; it is tried until they are: {Reason}")]
    public static partial void BooksNotRestored(ILogger logger, string reason);

    [LoggerMessage(13, LogLevel.Error, "{Problem}")]
    public static partial void Unhealthy(ILogger logger, string problem);

    [LoggerMessage(14, LogLevel.Information, "The recorder is healthy again")]
    public static partial void Healthy(ILogger logger);

    [LoggerMessage(15, LogLevel.Warning, "The books cannot be written, and are tried again: {Reason}")]
    public static partial void BooksRefused(ILogger logger, string reason);

    [LoggerMessage(16, LogLevel.Error, "A bug in the recorder's upkeep; it goes on")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(17, LogLevel.Error, "Lesson {Lesson} is not recorded for {Student}: a name is empty, longer than 128 characters, or holds a slash or a control character")]
    public static partial void NotRecordable(ILogger logger, string lesson, string student);

    [LoggerMessage(18, LogLevel.Information, "Recording {Recording} of lesson {Lesson} is deleted by {By}: {Reason}")]
    public static partial void Deleted(ILogger logger, string recording, string lesson, string by, string reason);

    [LoggerMessage(19, LogLevel.Information, "Lesson {Lesson} is stored whole at {Location}, {Recordings} recordings")]
    public static partial void WholeStored(ILogger logger, string lesson, string location, int recordings);

    [LoggerMessage(20, LogLevel.Warning, "Recording {Recording} is silence in the whole lesson {Lesson}: {Reason}")]
    public static partial void LeftOutOfWhole(ILogger logger, string recording, string lesson, string reason);

    [LoggerMessage(25, LogLevel.Warning, "Lesson {Lesson} is not joined to one MP3: its recordings lie {Span} apart, and {LongestSpan} is the most")]
    public static partial void TooLongForWhole(ILogger logger, string lesson, TimeSpan span, TimeSpan longestSpan);

    [LoggerMessage(26, LogLevel.Warning, "Lesson {Lesson} is not joined to one MP3 yet: the spool's disk has no room for another {Bytes} bytes above Recording:MinFreeBytes")]
    public static partial void NoRoomForWhole(ILogger logger, string lesson, long bytes);

    [LoggerMessage(27, LogLevel.Error, "Recording {Recording}: its MP3 in the spool is damaged, and is made again from the journal")]
    public static partial void Mp3Damaged(ILogger logger, string recording);

    [LoggerMessage(30, LogLevel.Information, "Recording {Recording} is stored as {Key}: another one has {Taken}")]
    public static partial void KeyTaken(ILogger logger, string recording, string taken, string key);

    [LoggerMessage(31, LogLevel.Error, "The book {Path} cannot be read and is set aside; what the store's manifests say is taken instead: {Reason}")]
    public static partial void BookUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(35, LogLevel.Error, "The files of recording {Recording} stay in the spool until the next start, since one cannot be read or deleted: {Reason}")]
    public static partial void NotRecovered(ILogger logger, string recording, string reason);
}
