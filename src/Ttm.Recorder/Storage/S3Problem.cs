using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;

namespace Ttm.Recorder.Storage;

/// <summary>Turns what the SDK throws into one sentence that a person can act on.</summary>
internal sealed class S3Problem(S3StorageOptions options)
{
    /// <summary>Runs one call; lets the caller's own cancellation through and describes everything else.</summary>
    public async Task<T> GuardAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is not ObjectStoreException && !cancellationToken.IsCancellationRequested)
        {
            throw Describe(exception);
        }
        catch (Exception exception) when (exception is not (ObjectStoreException or OperationCanceledException))
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    public static bool IsNotFound(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket";

    public static bool IsRefused(AmazonS3Exception exception) =>
        exception.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;

    public ObjectStoreException Describe(Exception exception) => exception switch
    {
        AmazonS3Exception { ErrorCode: not null } s3 when s3.StatusCode != 0 => Describe(s3),
        AmazonServiceException or HttpRequestException or IOException or SocketException or OperationCanceledException or TimeoutException =>
            Temporary($"cannot be reached: {Innermost(exception)}", exception),
        AmazonClientException => Lasting($"cannot be used, since no AWS credentials were found; set Storage:S3:AccessKey and Storage:S3:SecretKey or one of AWS's own sources: {exception.Message}", exception),
        // Unknown: a recording is better sent once too often than given up.
        _ => Temporary($"failed: {Innermost(exception)}", exception),
    };

    private ObjectStoreException Describe(AmazonS3Exception exception) => exception.ErrorCode switch
    {
        "InvalidAccessKeyId" => Lasting("does not know the access key; mend Storage:S3:AccessKey", exception),
        "SignatureDoesNotMatch" => Lasting("refuses the secret key; mend Storage:S3:SecretKey", exception),
        "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" => Temporary("says that the temporary credentials have expired", exception),
        "NoSuchBucket" => Lasting("does not exist; create the bucket or mend Storage:S3:Bucket", exception),
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            Lasting($"lies in another region; mend Storage:S3:Region: {exception.Message}", exception),
        "RequestTimeTooSkewed" => Lasting("refuses requests because this machine's clock is wrong; set it by NTP", exception),
        "InvalidStorageClass" => Lasting("does not know the storage class; mend Storage:S3:StorageClass", exception),
        "InvalidRequest" when !string.IsNullOrEmpty(options.ObjectLockMode) && exception.Message.Contains("ock", StringComparison.Ordinal) =>
            Lasting($"has no Object Lock; enable it or leave out Storage:S3:ObjectLockMode: {exception.Message}", exception),
        "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" =>
            Lasting("does not understand the SDK's checksums; set Storage:S3:RequestChecksumCalculation=WHEN_REQUIRED", exception),
        // BadRequest is no word of S3: something before it lost track of the connection.
        "BadDigest" or "NoSuchUpload" or "InvalidPart" or "IncompleteBody" or "RequestTimeout" or "SlowDown" or "OperationAborted" or "BadRequest" =>
            Temporary($"did not take it this time: {exception.ErrorCode}", exception),
        _ when exception.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            Lasting($"refuses permission ({exception.ErrorCode}): the credentials need s3:PutObject, s3:GetObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload on it", exception),
        _ when (int)exception.StatusCode >= 500 || exception.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout =>
            Temporary($"has trouble of its own: {(int)exception.StatusCode} {exception.ErrorCode}", exception),
        _ => Lasting($"refuses: {(int)exception.StatusCode} {exception.ErrorCode}: {exception.Message}", exception),
    };

    private ObjectStoreException Lasting(string what, Exception exception) => new($"The {options} {what}.", transient: false, exception);

    private ObjectStoreException Temporary(string what, Exception exception) => new($"The {options} {what}.", transient: true, exception);

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message.TrimEnd('.');
    }
}
