using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Storage;
using Ttm.Testing.Storage;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>One S3 server for all the tests that ask for it, started when the first one does.</summary>
[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<S3Fixture>
{
    public const string Name = "S3";
}

public sealed class S3Fixture : IAsyncLifetime
{
    private int _buckets;

    public S3Server Server { get; private set; } = null!;

    /// <summary>The server as a stranger to our code sees it.</summary>
    public AmazonS3Client Direct { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!S3Server.IsSupported)
            return;
        Server = await S3Server.LaunchAsync();
        Direct = new AmazonS3Client(
            new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey),
            new AmazonS3Config { ServiceURL = Server.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1", RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED });
    }

    public async Task DisposeAsync()
    {
        if (Server is null)
            return;
        Direct.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Options for a new, empty bucket.</summary>
    public async Task<S3StorageOptions> NewBucketAsync(bool objectLock = false)
    {
        var name = $"recordings-{Interlocked.Increment(ref _buckets)}";
        await Direct.PutBucketAsync(new PutBucketRequest { BucketName = name, ObjectLockEnabledForBucket = objectLock });
        return new S3StorageOptions
        {
            Bucket = name,
            ServiceUrl = Server.Url,
            AccessKey = S3Server.AccessKey,
            SecretKey = S3Server.SecretKey,
            MultipartThresholdBytes = S3StorageOptions.MinPartSizeBytes,
            PartSizeBytes = S3StorageOptions.MinPartSizeBytes,
            MaxRetries = 0,
        };
    }

    public static S3Store Open(S3StorageOptions options, TimeProvider? time = null) =>
        new(options, "lessons/", time ?? TimeProvider.System, NullLogger<S3Store>.Instance);

    public async Task<List<S3ObjectVersion>> VersionsAsync(S3StorageOptions options) =>
        (await Direct.ListVersionsAsync(new ListVersionsRequest { BucketName = options.Bucket })).Versions ?? [];

    public async Task<List<MultipartUpload>> UploadsAsync(S3StorageOptions options) =>
        (await Direct.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = options.Bucket })).MultipartUploads ?? [];
}
