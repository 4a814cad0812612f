using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Storage;

/// <summary>
/// Objects in a bucket of Amazon S3 or of a server that speaks its protocol. Uploads carry an MD5 and are checked afterwards by size and
/// ETag, or by reading back where the ETag is no MD5. Large files go in parts: see <see cref="S3MultipartUpload"/>.
/// </summary>
public sealed class S3Store : IObjectStore, IDisposable
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    private readonly S3StorageOptions _options;
    private readonly string _prefix;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AmazonS3Client _client;
    private readonly AmazonS3Client _signer;
    private readonly S3Problem _problem;
    private readonly S3ObjectHeaders _headers;
    private readonly S3MultipartUpload _multipart;
    private readonly S3Versions _versions;
    private int _swept;

    /// <param name="prefix">Where this process's keys lie, with its slash; empty when they may lie anywhere.</param>
    /// <exception cref="ObjectStoreException">No region is known.</exception>
    public S3Store(S3StorageOptions options, string prefix, TimeProvider time, ILogger<S3Store> logger)
    {
        _options = options;
        _prefix = prefix;
        _time = time;
        _logger = logger;
        _client = S3Client.Create(options);
        _signer = string.IsNullOrEmpty(options.PublicServiceUrl) ? _client : S3Client.Create(options, options.PublicServiceUrl);
        _problem = new S3Problem(options);
        _headers = new S3ObjectHeaders(options, time);
        _multipart = new S3MultipartUpload(_client, options, _headers, logger);
        _versions = new S3Versions(_client, options, logger);
    }

    public string LocationOf(string key) => $"s3://{_options.Bucket}/{key}";

    public async Task<StoredObject> PutAsync(string key, string path, ObjectProperties properties, CancellationToken cancellationToken)
    {
        ObjectKey.Demand(key);
        var digest = await DigestAsync(path, cancellationToken);
        digest.Demand(properties, key);
        return await _problem.GuardAsync(
            async () =>
            {
                if (digest.Length > _options.MultipartThresholdBytes)
                {
                    await _multipart.SendAsync(key, path, digest, properties, cancellationToken);
                    var head = await VerifyAsync(key, digest, digest.MultipartETag, cancellationToken);
                    await _headers.ApplyAfterwardsAsync(_client, key, head.VersionId, cancellationToken);
                }
                else
                {
                    await SendAsync(key, new PutObjectRequest { FilePath = path }, digest, properties, cancellationToken);
                    await VerifyAsync(key, digest, digest.ETag, cancellationToken);
                }

                return new StoredObject(LocationOf(key), digest.Length);
            },
            cancellationToken);
    }

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, ObjectProperties properties, CancellationToken cancellationToken)
    {
        ObjectKey.Demand(key);
        return await _problem.GuardAsync(
            async () =>
            {
                using var stream = new MemoryStream(content.ToArray());
                var digest = await ContentDigest.OfAsync(stream, long.MaxValue, cancellationToken);
                digest.Demand(properties, key);
                stream.Position = 0;
                await SendAsync(key, new PutObjectRequest { InputStream = stream, AutoCloseStream = false }, digest, properties, cancellationToken);
                await VerifyAsync(key, digest, digest.ETag, cancellationToken);
                return new StoredObject(LocationOf(key), digest.Length);
            },
            cancellationToken);
    }

    public async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Demand(key);
        return await _problem.GuardAsync(() => GetAsync(key, cancellationToken), cancellationToken);
    }

    public async Task<ObjectAudio?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Demand(key);
        return await _problem.GuardAsync(
            async () =>
            {
                if (await HeadAsync(key, cancellationToken) is null)
                    return null;
                var url = await _signer.GetPreSignedURLAsync(new GetPreSignedUrlRequest
                {
                    BucketName = _options.Bucket,
                    Key = key,
                    Verb = HttpVerb.GET,
                    Protocol = _signer.Config.ServiceURL?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true ? Protocol.HTTP : Protocol.HTTPS,
                    Expires = _time.GetUtcNow().UtcDateTime + _options.PresignedUrlLifetime,
                });
                return new ObjectAudio(null, new Uri(url));
            },
            cancellationToken);
    }

    public async Task<StoreHealth> CheckAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CheckTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _problem.GuardAsync(() => ProbeAsync(linked.Token), cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            return new StoreHealth(false, exception.Message);
        }
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKey.Demand(key);
        await _problem.GuardAsync(
            async () =>
            {
                await _multipart.AbortAllAsync(key, cancellationToken);
                var answer = await _client.DeleteObjectAsync(_options.Bucket, key, cancellationToken);

                // In a bucket with versions that only hides the object.
                if (!string.IsNullOrEmpty(answer.VersionId))
                    await _versions.DeleteAllAsync(key, cancellationToken);
                return answer;
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Bucket, Prefix = prefix };
        ListObjectsV2Response response;
        do
        {
            response = await _problem.GuardAsync(() => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken);
            foreach (var found in response.S3Objects ?? [])
                yield return found.Key;
            request.ContinuationToken = response.NextContinuationToken;
        }
        while (response.IsTruncated == true);
    }

    public void Dispose()
    {
        _client.Dispose();
        _signer.Dispose();
    }

    private async Task<ContentDigest> DigestAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);
            return await ContentDigest.OfAsync(file, _multipart.PartSizeFor(file.Length), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException($"The file {path} cannot be read for storing it: {exception.Message}", transient: false, exception);
        }
    }

    private async Task SendAsync(string key, PutObjectRequest request, ContentDigest digest, ObjectProperties properties, CancellationToken cancellationToken)
    {
        request.BucketName = _options.Bucket;
        request.Key = key;
        request.MD5Digest = Convert.ToBase64String(digest.Md5);
        _headers.ApplyTo(request, properties);
        await _client.PutObjectAsync(request, cancellationToken);
    }

    private async Task<GetObjectMetadataResponse> VerifyAsync(string key, ContentDigest digest, string expectedETag, CancellationToken cancellationToken)
    {
        var head = await HeadAsync(key, cancellationToken);
        string? difference = null;
        if (head is null)
            difference = "it is not there";
        else if (head.ContentLength != digest.Length)
            difference = $"{head.ContentLength} bytes instead of {digest.Length}";
        else if (head.ETag?.Trim('"') != expectedETag)
            difference = await ReadBackAsync(key, digest, cancellationToken);
        if (difference is null)
            return head!;

        if (head is not null)
            await _client.DeleteObjectAsync(_options.Bucket, key, cancellationToken);
        Log.VerificationFailed(_logger, key, difference);
        throw new ObjectStoreException($"The {_options} did not keep {key} as it was sent: {difference}.", transient: true);
    }

    /// <summary>With KMS, and in some servers always, the ETag is not an MD5: then only the content itself tells.</summary>
    private async Task<string?> ReadBackAsync(string key, ContentDigest digest, CancellationToken cancellationToken)
    {
        using var response = await _client.GetObjectAsync(_options.Bucket, key, cancellationToken);
        var stored = await ContentDigest.OfAsync(response.ResponseStream, long.MaxValue, cancellationToken);
        return stored.Sha256 == digest.Sha256 ? null : $"SHA-256 {stored.Sha256} instead of {digest.Sha256}";
    }

    private async Task<GetObjectMetadataResponse?> HeadAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetObjectMetadataAsync(_options.Bucket, key, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (S3Problem.IsNotFound(exception))
        {
            return null;
        }
    }

    private async Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.GetObjectAsync(_options.Bucket, key, cancellationToken);

            // As large at once as it gets: a recording of hours is read whole, to be joined.
            using var content = new MemoryStream((int)Math.Max(0, response.ContentLength));
            await response.ResponseStream.CopyToAsync(content, cancellationToken);
            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (AmazonS3Exception exception) when (S3Problem.IsNotFound(exception))
        {
            return null;
        }
    }

    private async Task<StoreHealth> ProbeAsync(CancellationToken cancellationToken)
    {
        // One name for all nodes and times: where deleting is refused, one small object stays.
        var key = _prefix + "ttm-media.check";
        var request = new PutObjectRequest { BucketName = _options.Bucket, Key = key, ContentBody = "TtmMedia may write here.", ContentType = "text/plain" };
        _headers.ApplyToProbe(request);
        var written = await _client.PutObjectAsync(request, cancellationToken);

        // Null is no failure: another node's check may have deleted it.
        _ = await GetAsync(key, cancellationToken);
        try
        {
            // The version itself, where there are versions: a check every half a minute must not pile them up.
            await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _options.Bucket, Key = key, VersionId = written.VersionId }, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            // Recordings can be stored without it.
        }

        // An empty prefix would mean the uploads of strangers in the same bucket.
        if (_prefix.Length > 0 && Interlocked.Exchange(ref _swept, 1) == 0)
            await _multipart.SweepAsync(_prefix, _time.GetUtcNow() - AbandonedAfter, cancellationToken);
        return new StoreHealth(true, null);
    }
}
