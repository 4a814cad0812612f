using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Storage;

/// <summary>
/// Multipart uploads of one bucket. One that was cut, by the network or by a crash, stays at the server until the same key is stored
/// again: that upload goes on after the last part that arrived whole. What does not fit any more is aborted.
/// </summary>
internal sealed class S3MultipartUpload(IAmazonS3 client, S3StorageOptions options, S3ObjectHeaders headers, ILogger logger)
{
    private const int MaxParts = 10_000;

    public long PartSizeFor(long length) => Math.Max(options.PartSizeBytes, (length + MaxParts - 1) / MaxParts);

    /// <summary>Throws what the SDK throws. A call that can be repeated with hope leaves its parts for that; any other leaves nothing.</summary>
    public async Task SendAsync(string key, string path, ContentDigest digest, ObjectProperties properties, CancellationToken cancellationToken)
    {
        var (uploadId, parts) = await ResumeAsync(key, digest, cancellationToken);
        uploadId ??= await BeginAsync(key, properties, cancellationToken);
        try
        {
            for (var index = 0; index < digest.PartMd5.Count; index++)
            {
                if (!parts.ContainsKey(index + 1))
                    parts.Add(index + 1, await SendPartAsync(key, uploadId, path, digest, index, cancellationToken));
            }

            await CompleteAsync(key, uploadId, parts, cancellationToken);
        }
        catch (AmazonS3Exception exception) when ((int)exception.StatusCode is >= 400 and < 500)
        {
            await AbortQuietlyAsync(key, uploadId);
            throw;
        }
    }

    /// <summary>Aborts the uploads of exactly this key.</summary>
    public async Task AbortAllAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var upload in await ListAsync(key, cancellationToken))
        {
            if (upload.Key == key)
                await AbortAsync(key, upload.UploadId, cancellationToken);
        }
    }

    /// <summary>Aborts the uploads below a prefix that were begun before the given time: nobody is coming back for them.</summary>
    public async Task<int> SweepAsync(string prefix, DateTimeOffset begunBefore, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var upload in await ListAsync(prefix, cancellationToken))
        {
            if (upload.Initiated is not { } begun || begun.ToUniversalTime() >= begunBefore.UtcDateTime)
                continue;
            await AbortAsync(upload.Key, upload.UploadId, cancellationToken);
            Log.AbandonedUpload(logger, upload.Key, begun);
            count++;
        }

        return count;
    }

    private async Task<(string? UploadId, SortedDictionary<int, string> Parts)> ResumeAsync(string key, ContentDigest digest, CancellationToken cancellationToken)
    {
        (string? UploadId, SortedDictionary<int, string> Parts) best = (null, []);
        foreach (var upload in await ListAsync(key, cancellationToken))
        {
            if (upload.Key != key)
                continue;

            var parts = await PartsOfAsync(key, upload.UploadId, digest, cancellationToken);
            var (loser, winner) = parts is null || parts.Count <= best.Parts.Count ? (upload.UploadId, best) : (best.UploadId, (upload.UploadId, parts));
            best = winner;
            if (loser is not null)
                await AbortAsync(key, loser, cancellationToken);
        }

        if (best.UploadId is not null)
            Log.UploadResumed(logger, key, best.Parts.Count, digest.PartMd5.Count);
        return best;
    }

    /// <summary>The parts that arrived; null when one of them is not of this file, since the upload's metadata would not be, either.</summary>
    private async Task<SortedDictionary<int, string>?> PartsOfAsync(string key, string uploadId, ContentDigest digest, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<int, string>();
        string? marker = null;
        ListPartsResponse response;
        do
        {
            try
            {
                response = await client.ListPartsAsync(
                    new ListPartsRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId, PartNumberMarker = marker }, cancellationToken);
            }
            catch (AmazonS3Exception exception) when (S3Problem.IsNotFound(exception))
            {
                return null;
            }

            foreach (var part in response.Parts ?? [])
            {
                var index = (part.PartNumber ?? 0) - 1;
                if (index < 0 || index >= digest.PartMd5.Count || part.Size != digest.LengthOfPart(index)
                    || part.ETag.Trim('"') != Convert.ToHexStringLower(digest.PartMd5[index]))
                    return null;
                found[index + 1] = part.ETag;
            }

            marker = response.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        while (response.IsTruncated == true);
        return found;
    }

    private async Task<string> BeginAsync(string key, ObjectProperties properties, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = key };
        headers.ApplyTo(request, properties);
        return (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
    }

    private async Task<string> SendPartAsync(string key, string uploadId, string path, ContentDigest digest, int index, CancellationToken cancellationToken)
    {
        var response = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = options.Bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = index + 1,
                FilePath = path,
                FilePosition = index * digest.PartSize,
                PartSize = digest.LengthOfPart(index),
                MD5Digest = Convert.ToBase64String(digest.PartMd5[index]),
            },
            cancellationToken);
        return response.ETag;
    }

    private async Task CompleteAsync(string key, string uploadId, SortedDictionary<int, string> parts, CancellationToken cancellationToken)
    {
        try
        {
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = options.Bucket,
                    Key = key,
                    UploadId = uploadId,
                    PartETags = [.. parts.Select(part => new PartETag(part.Key, part.Value))],
                },
                cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload")
        {
            // The answer to an earlier try was lost on its way; the verification that follows finds the object, or fails.
        }
    }

    private async Task<List<MultipartUpload>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var uploads = new List<MultipartUpload>();
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = prefix };
        ListMultipartUploadsResponse response;
        do
        {
            try
            {
                response = await client.ListMultipartUploadsAsync(request, cancellationToken);
            }
            catch (AmazonS3Exception exception) when (S3Problem.IsRefused(exception))
            {
                // Without the permission to list there is nothing to resume; the upload itself may well be allowed.
                return uploads;
            }

            uploads.AddRange(response.MultipartUploads ?? []);
            request.KeyMarker = response.NextKeyMarker;
            request.UploadIdMarker = response.NextUploadIdMarker;
        }
        while (response.IsTruncated == true);
        return uploads;
    }

    private async Task AbortAsync(string key, string uploadId, CancellationToken cancellationToken)
    {
        try
        {
            await client.AbortMultipartUploadAsync(options.Bucket, key, uploadId, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (S3Problem.IsNotFound(exception))
        {
        }
    }

    private async Task AbortQuietlyAsync(string key, string uploadId)
    {
        try
        {
            await AbortAsync(key, uploadId, CancellationToken.None);
        }
        catch (Exception exception) when (exception is Amazon.Runtime.AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            Log.AbortFailed(logger, key, exception.Message);
        }
    }
}
