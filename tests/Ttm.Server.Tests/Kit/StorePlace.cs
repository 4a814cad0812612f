using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Storage;
using Ttm.Testing.Storage;

namespace Ttm.Server.Tests.Kit;

/// <summary>
/// An empty object store, a directory or a bucket of a real S3 server, and the settings with which a server uses it: in S3 with everything that a strict school
/// asks for.
/// </summary>
internal sealed class StorePlace : IAsyncDisposable
{
    private const string Bucket = "recordings";

    private readonly S3Server? _server;
    private readonly AmazonS3Client? _direct;

    private StorePlace(StorageOptions options, S3Server? server = null, AmazonS3Client? direct = null) => (Options, _server, _direct) = (options, server, direct);

    public StorageOptions Options { get; }

    public string[] Settings => _server is null
        ? [$"--Storage:FileSystem:Root={Options.FileSystem.Root}"]
        :
        [
            "--Storage:Provider=S3", $"--Storage:S3:Bucket={Bucket}", $"--Storage:S3:ServiceUrl={_server.Url}", $"--Storage:S3:AccessKey={S3Server.AccessKey}",
            $"--Storage:S3:SecretKey={S3Server.SecretKey}", "--Storage:S3:ServerSideEncryption=aws:kms", $"--Storage:S3:KmsKeyId={S3Server.KmsKeyId}",
            "--Storage:S3:StorageClass=STANDARD", "--Storage:S3:Tags:school=north", "--Storage:S3:Tags:kind=lesson", "--Storage:S3:ObjectLockMode=GOVERNANCE", "--Storage:S3:ObjectLockDays=3",
        ];

    public static async Task<StorePlace> OpenAsync(string provider)
    {
        if (provider != "S3")
        {
            string root = Directory.CreateTempSubdirectory("ttm-store-").FullName;
            return new StorePlace(new StorageOptions { FileSystem = new FileSystemStorageOptions { Root = root } });
        }

        var server = await S3Server.LaunchAsync();
        var direct = new AmazonS3Client(
            new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey),
            new AmazonS3Config { ServiceURL = server.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await direct.PutBucketAsync(new PutBucketRequest { BucketName = Bucket, ObjectLockEnabledForBucket = true });
        var s3 = new S3StorageOptions { Bucket = Bucket, ServiceUrl = server.Url, AccessKey = S3Server.AccessKey, SecretKey = S3Server.SecretKey };
        return new StorePlace(new StorageOptions { Provider = "S3", S3 = s3 }, server, direct);
    }

    public IObjectStore Open() => ObjectStoreFactory.Create(Options, TimeProvider.System, NullLoggerFactory.Instance);

    /// <summary>Whether the object is kept as the settings say.</summary>
    public async Task CheckAsync(string key)
    {
        if (_direct is null)
            return;
        var head = await _direct.GetObjectMetadataAsync(Bucket, key);
        head.ServerSideEncryptionKeyManagementServiceKeyId.ShouldBe(S3Server.KmsKeyId);
        var tags = await _direct.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = Bucket, Key = key });
        tags.Tagging.Select(tag => (tag.Key, tag.Value)).ShouldBe([("school", "north"), ("kind", "lesson")], ignoreOrder: true);
        var retention = await _direct.GetObjectRetentionAsync(new GetObjectRetentionRequest { BucketName = Bucket, Key = key });
        retention.Retention.Mode.ShouldBe(ObjectLockRetentionMode.Governance);
    }

    public async ValueTask DisposeAsync()
    {
        _direct?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        else
            Directory.Delete(Options.FileSystem.Root, recursive: true);
    }
}
