using System.Net;
using System.Net.Http.Headers;
using Amazon.S3;
using Amazon.S3.Model;
using Ttm.Recorder.Storage;
using Ttm.Testing.Facts;
using Ttm.Testing.Storage;
using static Ttm.Recorder.Tests.Storage.S3Fixture;
using static Ttm.Recorder.Tests.Storage.TestContent;

namespace Ttm.Recorder.Tests.Storage;

[Collection(S3Collection.Name)]
public sealed class S3StoreTests(S3Fixture s3) : IDisposable
{
    private const string Key = "lessons/2026-01-05/algebra-7/0001-s-17.mp3";

    private readonly TestContent _content = new();

    public void Dispose() => _content.Dispose();

    [S3Fact]
    public async Task PutAsync_SmallFile_IsStoredWithTypeNameAndMetadata()
    {
        var options = await s3.NewBucketAsync();
        using var store = Open(options);
        var (path, bytes, properties) = _content.File(100_000);

        var stored = await store.PutAsync(Key, path, properties, default);

        stored.ShouldBe(new StoredObject($"s3://{options.Bucket}/{Key}", bytes.Length));
        var head = await s3.Direct.GetObjectMetadataAsync(options.Bucket, Key);
        head.Headers.ContentType.ShouldBe("audio/mpeg");
        head.Headers.ContentDisposition.ShouldBe("attachment; filename=\"Algebra _ St_ck 1.mp3\"; filename*=UTF-8''Algebra%20%E2%80%93%20St%C3%BCck%201.mp3");
        head.Metadata["lesson"].ShouldBe("algebra-7");
        Uri.UnescapeDataString(head.Metadata["teacher"]).ShouldBe("Zoë Müller");
        head.Metadata["sha256"].ShouldBe(properties.Sha256);
        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
    }

    [S3Fact]
    public async Task PutAsync_LargeFile_IsStoredInPartsWithTheSameProperties()
    {
        var options = await s3.NewBucketAsync();
        using var store = Open(options);
        var (path, bytes, properties) = _content.File((12 * MiB) + 345);

        await store.PutAsync(Key, path, properties, default);

        var head = await s3.Direct.GetObjectMetadataAsync(options.Bucket, Key);
        head.ETag.ShouldEndWith("-3\"");
        head.ContentLength.ShouldBe(bytes.Length);
        head.Headers.ContentType.ShouldBe("audio/mpeg");
        head.Metadata["student"].ShouldBe("s-17");
        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
        (await s3.UploadsAsync(options)).ShouldBeEmpty();
    }

    [S3Fact]
    public async Task PutAsync_SameKeyAgain_Replaces()
    {
        using var store = Open(await s3.NewBucketAsync());
        var first = TestContent.Bytes(1000, seed: 1);
        var second = TestContent.Bytes(500, seed: 2);

        await store.PutAsync("lessons/manifest.json", first, Properties(first), default);
        await store.PutAsync("lessons/manifest.json", second, Properties(second), default);

        (await store.ReadAsync("lessons/manifest.json", default)).ShouldBe(second);
    }

    [S3Fact]
    public async Task PutAsync_FileDiffersFromItsChecksum_IsRefusedBeforeItIsSent()
    {
        var options = await s3.NewBucketAsync();
        using var store = Open(options);
        var (path, _, properties) = _content.File(1000);

        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Key, path, properties with { Sha256 = new string('0', 64) }, default));

        exception.Transient.ShouldBeFalse();
        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [S3Fact]
    public async Task PutAsync_FileMissing_SaysSo()
    {
        using var store = Open(await s3.NewBucketAsync());

        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Key, "/nowhere/x.mp3", Properties([]), default));

        exception.Message.ShouldContain("/nowhere/x.mp3");
        exception.Transient.ShouldBeFalse();
    }

    [S3Fact]
    public async Task PutAsync_KmsTagsAndClass_AreApplied()
    {
        var options = await s3.NewBucketAsync() with
        {
            ServerSideEncryption = "aws:kms",
            KmsKeyId = S3Server.KmsKeyId,
            StorageClass = "STANDARD",
            Tags = new Dictionary<string, string> { ["school"] = "north" },
        };
        using var store = Open(options);
        foreach (var length in new[] { 10_000, 6 * MiB })
        {
            var (path, bytes, properties) = _content.File(length);

            await store.PutAsync(Key, path, properties, default);

            var head = await s3.Direct.GetObjectMetadataAsync(options.Bucket, Key);
            head.ServerSideEncryptionMethod.ShouldBe(ServerSideEncryptionMethod.AWSKMS);
            head.ServerSideEncryptionKeyManagementServiceKeyId.ShouldBe("k1");
            var tags = await s3.Direct.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = options.Bucket, Key = Key });
            (tags.Tagging ?? []).ShouldHaveSingleItem($"{length} bytes").Value.ShouldBe("north");
            (await store.ReadAsync(Key, default)).ShouldBe(bytes);
        }
    }

    [S3Fact]
    public async Task PutAsync_ObjectLock_RetainsTheVersion()
    {
        var options = await s3.NewBucketAsync(objectLock: true) with { ObjectLockMode = "GOVERNANCE", ObjectLockDays = 3 };
        using var store = Open(options);
        foreach (var length in new[] { 10_000, 6 * MiB })
        {
            var (path, _, properties) = _content.File(length);

            await store.PutAsync(Key, path, properties, default);

            var retention = await s3.Direct.GetObjectRetentionAsync(new GetObjectRetentionRequest { BucketName = options.Bucket, Key = Key });
            retention.Retention.Mode.ShouldBe(ObjectLockRetentionMode.Governance);
            retention.Retention.RetainUntilDate!.Value.ToUniversalTime().ShouldBe(DateTime.UtcNow.AddDays(3), TimeSpan.FromMinutes(5));
        }
    }

    [S3Fact]
    public async Task OpenAsync_StoredObject_GivesAPresignedUrlThatServesRanges()
    {
        using var store = Open(await s3.NewBucketAsync());
        var (path, bytes, properties) = _content.File(100_000);
        await store.PutAsync(Key, path, properties, default);

        var audio = await store.OpenAsync(Key, default);

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, audio!.Url) { Headers = { Range = new RangeHeaderValue(500, 1499) } };
        using var response = await http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("audio/mpeg");
        response.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe("Algebra – Stück 1.mp3");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[500..1500]);
    }

    [S3Fact]
    public async Task OpenAsync_UrlTamperedWith_IsRefusedByTheServer()
    {
        using var store = Open(await s3.NewBucketAsync());
        var (path, _, properties) = _content.File(1000);
        await store.PutAsync(Key, path, properties, default);
        await store.PutAsync("lessons/other.mp3", path, properties, default);

        var url = (await store.OpenAsync(Key, default))!.Url!.AbsoluteUri.Replace(Key, "lessons/other.mp3", StringComparison.Ordinal);

        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(url));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [S3Fact]
    public async Task OpenAsync_PublicServiceUrl_IsWhatTheUrlNames()
    {
        var options = await s3.NewBucketAsync() with { PublicServiceUrl = "https://audio.example.org" };
        using var store = Open(options);
        var (path, _, properties) = _content.File(1000);
        await store.PutAsync(Key, path, properties, default);

        var url = (await store.OpenAsync(Key, default))!.Url!;

        url.AbsoluteUri.ShouldStartWith($"https://audio.example.org/{options.Bucket}/{Key}?");
    }

    [S3Fact]
    public async Task ReadAsyncAndOpenAsync_NoSuchObject_AreNull()
    {
        using var store = Open(await s3.NewBucketAsync());

        (await store.ReadAsync(Key, default)).ShouldBeNull();
        (await store.OpenAsync(Key, default)).ShouldBeNull();
    }

    [S3Fact]
    public async Task DeleteAsync_ObjectAndNoObject_BothSucceed()
    {
        using var store = Open(await s3.NewBucketAsync());
        var (path, _, properties) = _content.File(1000);
        await store.PutAsync(Key, path, properties, default);

        await store.DeleteAsync(Key, default);
        await store.DeleteAsync(Key, default);

        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [S3Fact]
    public async Task DeleteAsync_InABucketWithVersions_LeavesNone()
    {
        var options = await s3.NewBucketAsync(objectLock: true);
        using var store = Open(options);
        var (path, _, properties) = _content.File(1000);
        await store.PutAsync(Key, path, properties, default);
        await store.PutAsync(Key, path, properties, default);
        (await store.CheckAsync(default)).Healthy.ShouldBeTrue();
        (await s3.VersionsAsync(options)).Count.ShouldBe(2);

        await store.DeleteAsync(Key, default);

        (await s3.VersionsAsync(options)).ShouldBeEmpty();
    }

    [S3Fact]
    public async Task DeleteAsync_OfALockedVersion_HidesItAndLeavesItToTheLock()
    {
        var options = await s3.NewBucketAsync(objectLock: true) with { ObjectLockMode = "COMPLIANCE", ObjectLockDays = 1 };
        using var store = Open(options);
        var (path, _, properties) = _content.File(1000);
        await store.PutAsync(Key, path, properties, default);

        await store.DeleteAsync(Key, default);

        (await store.ReadAsync(Key, default)).ShouldBeNull();
        (await s3.VersionsAsync(options)).Where(version => version.IsDeleteMarker != true).ShouldHaveSingleItem();
    }

    [S3Fact]
    public async Task ListAsync_Prefix_GivesItsKeysInOrdinalOrder()
    {
        using var store = Open(await s3.NewBucketAsync());
        foreach (var key in new[] { "lessons/b", "lessons/a/2", "lessons/a/10", "other/x" })
            await store.PutAsync(key, new byte[] { 1 }, Properties([1]), default);

        var keys = new List<string>();
        await foreach (var key in store.ListAsync("lessons/", default))
            keys.Add(key);

        keys.ShouldBe(["lessons/a/10", "lessons/a/2", "lessons/b"]);
    }

    [S3Fact]
    public async Task PutAsync_KeyThatClimbs_IsRefused()
    {
        using var store = Open(await s3.NewBucketAsync());

        await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync("lessons/../x", new byte[] { 1 }, Properties([1]), default));
    }
}
