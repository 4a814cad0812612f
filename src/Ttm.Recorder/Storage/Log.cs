using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Storage;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Upload of {Key} goes on: {Present} of {Total} parts are there already")]
    public static partial void UploadResumed(ILogger logger, string key, int present, int total);

    [LoggerMessage(LogLevel.Warning, "Aborted the upload of {Key} that was begun at {Begun} and never finished")]
    public static partial void AbandonedUpload(ILogger logger, string key, DateTime begun);

    [LoggerMessage(LogLevel.Warning, "The broken upload of {Key} could not be aborted now: {Reason}")]
    public static partial void AbortFailed(ILogger logger, string key, string reason);

    [LoggerMessage(LogLevel.Error, "What is stored as {Key} is not what was sent ({Difference}); it was removed")]
    public static partial void VerificationFailed(ILogger logger, string key, string difference);

    [LoggerMessage(LogLevel.Warning, "{Key} is deleted, and {Count} of its former versions stay in bucket {Bucket}: Object Lock keeps them, or s3:DeleteObjectVersion is not granted")]
    public static partial void VersionsKept(ILogger logger, int count, string key, string bucket);

    [LoggerMessage(LogLevel.Warning, "{Key} is deleted, and its former versions stay in bucket {Bucket}: s3:ListBucketVersions is not granted")]
    public static partial void VersionsUnknown(ILogger logger, string key, string bucket);
}
