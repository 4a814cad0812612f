using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace Ttm.Recorder.Storage;

/// <summary>What goes along with an object: type, name, metadata, tags, encryption, class and lock, the same for one PUT and for parts.</summary>
internal sealed class S3ObjectHeaders(S3StorageOptions options, TimeProvider time)
{
    // S3 counts names and values of user metadata; beyond this it refuses the object.
    private const int MaxMetadataBytes = 2048;

    public const string Sha256 = "sha256";

    public void ApplyTo(PutObjectRequest request, ObjectProperties properties)
    {
        request.ContentType = properties.ContentType;
        request.Headers.ContentDisposition = Disposition(properties.DownloadName);
        AddMetadata(request.Metadata, properties);
        request.TagSet = Tags();
        request.ServerSideEncryptionMethod = Encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = NullIfEmpty(options.KmsKeyId);
        request.StorageClass = NullIfEmpty(options.StorageClass);
        if (!string.IsNullOrEmpty(options.ObjectLockMode))
        {
            request.ObjectLockMode = options.ObjectLockMode;
            request.ObjectLockRetainUntilDate = RetainUntil;
        }
    }

    /// <summary>A probe is encrypted as recordings are, and has nothing that would make it stay.</summary>
    public void ApplyToProbe(PutObjectRequest request)
    {
        request.ServerSideEncryptionMethod = Encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = NullIfEmpty(options.KmsKeyId);
    }

    public void ApplyTo(InitiateMultipartUploadRequest request, ObjectProperties properties)
    {
        request.ContentType = properties.ContentType;
        request.Headers.ContentDisposition = Disposition(properties.DownloadName);
        AddMetadata(request.Metadata, properties);
        request.TagSet = Tags();
        request.ServerSideEncryptionMethod = Encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = NullIfEmpty(options.KmsKeyId);
        request.StorageClass = NullIfEmpty(options.StorageClass);
        if (!string.IsNullOrEmpty(options.ObjectLockMode))
        {
            request.ObjectLockMode = options.ObjectLockMode;
            request.ObjectLockRetainUntilDate = RetainUntil;
        }
    }

    /// <summary>Ceph ignores tags and lock of an upload in parts, so they are said again of the finished object; elsewhere this changes nothing.</summary>
    public async Task ApplyAfterwardsAsync(IAmazonS3 client, string key, string? version, CancellationToken cancellationToken)
    {
        if (Tags() is { } tags)
        {
            await client.PutObjectTaggingAsync(
                new PutObjectTaggingRequest { BucketName = options.Bucket, Key = key, VersionId = version, Tagging = new Tagging { TagSet = tags } }, cancellationToken);
        }

        if (!string.IsNullOrEmpty(options.ObjectLockMode))
        {
            await client.PutObjectRetentionAsync(
                new PutObjectRetentionRequest
                {
                    BucketName = options.Bucket,
                    Key = key,
                    VersionId = version,
                    Retention = new ObjectLockRetention { Mode = options.ObjectLockMode, RetainUntilDate = RetainUntil },
                },
                cancellationToken);
        }
    }

    /// <summary>Percent-encodes (RFC 3986, UTF-8) what a header cannot carry: anything but visible ASCII, and the percent sign itself.</summary>
    public static string Encode(string value)
    {
        var encoded = new StringBuilder(value.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (octet is > 0x20 and < 0x7F and not (byte)'%')
                encoded.Append((char)octet);
            else
                encoded.Append('%').Append(octet.ToString("X2", null));
        }

        return encoded.ToString();
    }

    /// <summary>
    /// RFC 6266: a plain name, and where that is not the whole truth, the encoded one beside it. An attachment: a link to it saves it, and never
    /// leaves the page that the link is on; players do not care.
    /// </summary>
    public static string? Disposition(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;

        var plain = string.Concat(name.Select(c => c is >= ' ' and < '\x7f' and not ('"' or '\\' or '%' or '/') ? c : '_'));
        return plain == name ? $"attachment; filename=\"{plain}\"" : $"attachment; filename=\"{plain}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }

    private static void AddMetadata(MetadataCollection target, ObjectProperties properties)
    {
        target[Sha256] = properties.Sha256;
        var room = MaxMetadataBytes - Sha256.Length - properties.Sha256.Length;
        foreach (var (name, value) in properties.Metadata.OrderBy(pair => pair.Value.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // A value too long must not keep a recording out of the store.
            var encoded = Encode(value);
            if (encoded.Length == 0 || name == Sha256 || (room -= name.Length + encoded.Length) < 0)
                continue;
#pragma warning disable CA1308 // header names are shown in lower case by S3, whatever was sent
            target[name.ToLowerInvariant()] = encoded;
#pragma warning restore CA1308
        }
    }

    private ServerSideEncryptionMethod? Encryption => NullIfEmpty(options.ServerSideEncryption);

    private DateTime RetainUntil => time.GetUtcNow().UtcDateTime.AddDays(options.ObjectLockDays);

    private List<Tag>? Tags() => options.Tags.Count == 0 ? null : [.. options.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
