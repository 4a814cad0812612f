using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Ttm.Recorder.Storage;

/// <summary>The former versions of an object, in a bucket that keeps them.</summary>
internal sealed class S3Versions(IAmazonS3 client, S3StorageOptions options, ILogger logger)
{
    /// <summary>
    /// Deletes all versions of the object, as far as the bucket lets us: Object Lock keeps what it was told to keep, and a role may lack the permission.
    /// What stays is told in the log, and is the bucket's to expire.
    /// </summary>
    public async Task DeleteAllAsync(string key, CancellationToken cancellationToken)
    {
        int kept = 0;
        try
        {
            List<S3ObjectVersion> found = await ListAsync(key, cancellationToken).ConfigureAwait(false);
            foreach (S3ObjectVersion version in found.Where(version => version.IsDeleteMarker != true))
                kept += await TryDeleteAsync(version, cancellationToken).ConfigureAwait(false) ? 0 : 1;

            // Without its marker a version that was kept would be the object again.
            foreach (S3ObjectVersion marker in found.Where(version => kept == 0 && version.IsDeleteMarker == true))
                _ = await TryDeleteAsync(marker, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            Log.VersionsUnknown(logger, key, options.Bucket);
            return;
        }

        if (kept > 0)
            Log.VersionsKept(logger, kept, key, options.Bucket);
    }

    private async Task<List<S3ObjectVersion>> ListAsync(string key, CancellationToken cancellationToken)
    {
        List<S3ObjectVersion> found = [];
        var request = new ListVersionsRequest { BucketName = options.Bucket, Prefix = key };
        ListVersionsResponse response;
        do
        {
            response = await client.ListVersionsAsync(request, cancellationToken).ConfigureAwait(false);
            found.AddRange((response.Versions ?? []).Where(version => version.Key == key));
            request.KeyMarker = response.NextKeyMarker;
            request.VersionIdMarker = response.NextVersionIdMarker;
        }
        while (response.IsTruncated == true);
        return found;
    }

    private async Task<bool> TryDeleteAsync(S3ObjectVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteObjectAsync(options.Bucket, version.Key, version.VersionId, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            return false;
        }
    }
}
