using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Storage;

public sealed class StorageOptionsTests
{
    private static readonly StorageOptions S3 = new() { Provider = "S3", S3 = new S3StorageOptions { Bucket = "b", Region = "eu-west-1" } };

    [Fact]
    public void Problems_Defaults_AreNone()
    {
        new StorageOptions().Problems().ShouldBeEmpty();
        S3.Problems().ShouldBeEmpty();
    }

    public static TheoryData<StorageOptions, string> Wrong() => new()
    {
        { new StorageOptions { Provider = "Azure" }, "Storage:Provider must be FileSystem or S3, not 'Azure'." },
        { new StorageOptions { FileSystem = new FileSystemStorageOptions { Root = " " } }, "Storage:FileSystem:Root " },
        { new StorageOptions { KeyTemplate = "x.mp3" }, "Storage:KeyTemplate must hold {lesson} and {sequence}" },
        { new StorageOptions { KeyTemplate = "../{recording}" }, "Storage:KeyTemplate must be a relative name" },
        { new StorageOptions { KeyTemplate = "{recording}/{school}" }, "Storage:KeyTemplate has the unknown placeholder {school}" },
        { S3 with { S3 = S3.S3 with { Bucket = "" } }, "Storage:S3:Bucket " },
        { S3 with { S3 = S3.S3 with { AccessKey = "a" } }, "Storage:S3:SecretKey " },
        { S3 with { S3 = S3.S3 with { SecretKey = "a" } }, "Storage:S3:AccessKey " },
        { S3 with { S3 = S3.S3 with { ServiceUrl = "localhost:9000" } }, "Storage:S3:ServiceUrl " },
        { S3 with { S3 = S3.S3 with { PublicServiceUrl = "ftp://x" } }, "Storage:S3:PublicServiceUrl " },
        { S3 with { S3 = S3.S3 with { ServerSideEncryption = "rot13" } }, "Storage:S3:ServerSideEncryption " },
        { S3 with { S3 = S3.S3 with { KmsKeyId = "k" } }, "Storage:S3:KmsKeyId " },
        { S3 with { S3 = S3.S3 with { ObjectLockMode = "FOREVER", ObjectLockDays = 1 } }, "Storage:S3:ObjectLockMode " },
        { S3 with { S3 = S3.S3 with { ObjectLockMode = "COMPLIANCE" } }, "Storage:S3:ObjectLockDays " },
        { S3 with { S3 = S3.S3 with { ObjectLockMode = "GOVERNANCE", ObjectLockDays = 100_000 } }, "Storage:S3:ObjectLockDays " },
        { S3 with { S3 = S3.S3 with { StorageClass = "cheap" } }, "Storage:S3:StorageClass must be the name" },
        { S3 with { S3 = S3.S3 with { StorageClass = "GLACIER" } }, "Storage:S3:StorageClass cannot be GLACIER" },
        { S3 with { S3 = S3.S3 with { Tags = new Dictionary<string, string> { ["school"] = new('x', 257) } } }, "Storage:S3:Tags:school " },
        { S3 with { S3 = S3.S3 with { RequestChecksumCalculation = "NEVER" } }, "Storage:S3:RequestChecksumCalculation " },
        { S3 with { S3 = S3.S3 with { PartSizeBytes = 1 << 20 } }, "Storage:S3:PartSizeBytes " },
        { S3 with { S3 = S3.S3 with { MultipartThresholdBytes = 1 } }, "Storage:S3:MultipartThresholdBytes " },
        { S3 with { S3 = S3.S3 with { PresignedUrlLifetime = TimeSpan.FromDays(8) } }, "Storage:S3:PresignedUrlLifetime " },
        { S3 with { S3 = S3.S3 with { RequestTimeout = TimeSpan.Zero } }, "Storage:S3:RequestTimeout " },
        { S3 with { S3 = S3.S3 with { MaxRetries = -1 } }, "Storage:S3:MaxRetries " },
        { S3 with { S3 = S3.S3 with { Tags = Enumerable.Range(0, 11).ToDictionary(i => $"t{i}", i => "v") } }, "Storage:S3:Tags " },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Problems_WrongSetting_IsOneSentenceWithItsKey(StorageOptions options, string beginning)
    {
        var problem = options.Problems().ShouldHaveSingleItem();

        problem.ShouldStartWith(beginning);
        problem.ShouldEndWith(".");
        Should.Throw<ObjectStoreException>(() => ObjectStoreFactory.Create(options, TimeProvider.System, NullLoggerFactory.Instance)).Message.ShouldBe(problem);
    }

    [Fact]
    public void ToString_Options_DoesNotTellTheSecret() =>
        (S3 with { S3 = S3.S3 with { AccessKey = "a", SecretKey = "hush" } }).ToString().ShouldNotContain("hush");

    [Fact]
    public void Create_EachProvider_GivesItsStore()
    {
        var directory = Directory.CreateTempSubdirectory("ttm-factory-");
        var file = ObjectStoreFactory.Create(new StorageOptions { FileSystem = new FileSystemStorageOptions { Root = directory.FullName } }, TimeProvider.System, NullLoggerFactory.Instance);
        using var s3 = (S3Store)ObjectStoreFactory.Create(S3, TimeProvider.System, NullLoggerFactory.Instance);

        file.ShouldBeOfType<FileSystemStore>();
        s3.LocationOf("lessons/x").ShouldBe("s3://b/lessons/x");
        directory.Delete(recursive: true);
    }
}
