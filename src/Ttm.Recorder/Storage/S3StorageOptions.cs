namespace Ttm.Recorder.Storage;

/// <summary>The configuration section <c>Storage:S3</c>: Amazon S3, or a server that speaks its protocol when <see cref="ServiceUrl"/> is given.</summary>
public sealed record S3StorageOptions
{
    /// <summary>What S3 allows a part to be at least, the last one excepted.</summary>
    public const long MinPartSizeBytes = 5 << 20;

    public string Bucket { get; init; } = "";

    /// <summary>Null: what the environment says (AWS_REGION, profile, instance); with a <see cref="ServiceUrl"/>, us-east-1.</summary>
    public string? Region { get; init; }

    /// <summary>The endpoint of a server other than Amazon's, for example <c>https://minio.example.org</c>.</summary>
    public string? ServiceUrl { get; init; }

    /// <summary>The endpoint under which listeners reach that server, where it is another one; presigned URLs name it.</summary>
    public string? PublicServiceUrl { get; init; }

    /// <summary>Bucket in the path rather than in the host name. Null: true with a <see cref="ServiceUrl"/>.</summary>
    public bool? ForcePathStyle { get; init; }

    /// <summary>Null: AWS's credential chain (environment, profile, container, instance role).</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary><c>AES256</c>, <c>aws:kms</c> or <c>aws:kms:dsse</c>; null: what the bucket does by default.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>The key for <c>aws:kms</c>; null: the account's own.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>For example <c>STANDARD_IA</c>; null: the bucket's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Tags of every object, at most ten.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Object Lock: <c>GOVERNANCE</c> or <c>COMPLIANCE</c>, together with <see cref="ObjectLockDays"/>. The bucket must have it enabled.</summary>
    public string? ObjectLockMode { get; init; }

    /// <summary>For how many days nobody may delete or replace a stored version.</summary>
    public int ObjectLockDays { get; init; }

    /// <summary>
    /// <c>WHEN_SUPPORTED</c> sends a CRC with every upload, which servers older than 2025 refuse; <c>WHEN_REQUIRED</c> does not.
    /// Null: WHEN_REQUIRED with a <see cref="ServiceUrl"/>, else WHEN_SUPPORTED. An MD5 is sent always.
    /// </summary>
    public string? RequestChecksumCalculation { get; init; }

    /// <summary>Larger files are sent in parts.</summary>
    public long MultipartThresholdBytes { get; init; } = 16 << 20;

    public long PartSizeBytes { get; init; } = 8 << 20;

    /// <summary>How long a presigned URL works.</summary>
    public TimeSpan PresignedUrlLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one request may take, the upload of one part among them, until the answer begins; and how long the answer may stall then.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request is repeated before the caller hears of it.</summary>
    public int MaxRetries { get; init; } = 3;

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Bucket))
            yield return "Storage:S3:Bucket must name the bucket that recordings are stored in.";
        if (string.IsNullOrEmpty(AccessKey) != string.IsNullOrEmpty(SecretKey))
            yield return $"Storage:S3:{(string.IsNullOrEmpty(AccessKey) ? "AccessKey" : "SecretKey")} must be set, because its other half is; leave out both for AWS's credential chain.";
        if (!IsUrlOrNull(ServiceUrl))
            yield return "Storage:S3:ServiceUrl must be an http:// or https:// URL.";
        if (!IsUrlOrNull(PublicServiceUrl))
            yield return "Storage:S3:PublicServiceUrl must be an http:// or https:// URL.";
        if (ServerSideEncryption is not (null or "" or "AES256" or "aws:kms" or "aws:kms:dsse"))
            yield return "Storage:S3:ServerSideEncryption must be AES256, aws:kms or aws:kms:dsse.";
        if (!string.IsNullOrEmpty(KmsKeyId) && ServerSideEncryption?.StartsWith("aws:kms", StringComparison.Ordinal) != true)
            yield return "Storage:S3:KmsKeyId is used only with Storage:S3:ServerSideEncryption=aws:kms; set that, too.";
        if (Tags.Count > 10)
            yield return "Storage:S3:Tags may hold ten tags at most.";
        if (Tags.FirstOrDefault(tag => tag.Key.Length is 0 or > 128 || tag.Value is null or { Length: > 256 }) is { Key: not null } wrong)
            yield return $"Storage:S3:Tags:{wrong.Key} must have a name of 1 to 128 and a value of at most 256 characters.";
        if (!string.IsNullOrEmpty(StorageClass) && !StorageClass.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_'))
            yield return "Storage:S3:StorageClass must be the name of a storage class, such as STANDARD_IA.";
        if (StorageClass is "GLACIER" or "DEEP_ARCHIVE")
            yield return $"Storage:S3:StorageClass cannot be {StorageClass}: recordings are read again when they are verified, heard and joined. Move them there later, with a lifecycle rule.";
        if (ObjectLockMode is not (null or "" or "GOVERNANCE" or "COMPLIANCE"))
            yield return "Storage:S3:ObjectLockMode must be GOVERNANCE or COMPLIANCE.";
        if (string.IsNullOrEmpty(ObjectLockMode) ? ObjectLockDays != 0 : ObjectLockDays is < 1 or > 36_500)
            yield return "Storage:S3:ObjectLockDays must be 1 to 36500 together with Storage:S3:ObjectLockMode, and left out without it.";
        if (RequestChecksumCalculation is not (null or "" or "WHEN_REQUIRED" or "WHEN_SUPPORTED"))
            yield return "Storage:S3:RequestChecksumCalculation must be WHEN_REQUIRED or WHEN_SUPPORTED.";
        if (PartSizeBytes is < MinPartSizeBytes or > 5L << 30)
            yield return "Storage:S3:PartSizeBytes must lie between 5 MiB (5242880) and 5 GiB, as S3 demands.";
        if (MultipartThresholdBytes is < MinPartSizeBytes or > 5L << 30)
            yield return "Storage:S3:MultipartThresholdBytes must lie between 5 MiB (5242880) and 5 GiB.";
        if (PresignedUrlLifetime < TimeSpan.FromMinutes(1) || PresignedUrlLifetime > TimeSpan.FromDays(7))
            yield return "Storage:S3:PresignedUrlLifetime must lie between one minute (00:01:00) and seven days.";
        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromHours(1))
            yield return "Storage:S3:RequestTimeout must lie between one second (00:00:01) and one hour.";
        if (MaxRetries is < 0 or > 20)
            yield return "Storage:S3:MaxRetries must lie between 0 and 20.";
    }

    private static bool IsUrlOrNull(string? text) =>
        string.IsNullOrEmpty(text) || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https");

    /// <summary>Without the secret: options end up in logs.</summary>
    public override string ToString() => $"S3 bucket {Bucket}" + (string.IsNullOrEmpty(ServiceUrl) ? "" : $" at {ServiceUrl}");
}
